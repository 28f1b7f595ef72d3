// Suggestions under the commune field. Without this script the field works all the same: the server then answers an
// ambiguous text with a list to choose from. A module is run once, however many fields the page holds.

const DELAI_MS = 250;
const LONGUEUR_MIN = 2;
const NOMBRE = 8;

let attente;
let requete;

function autour(champ) {
  return {
    zone: document.getElementById(`${champ.id}_suggestions`),
    message: document.getElementById(`${champ.id}_message`),
  };
}

function effacer(champ) {
  const { zone, message } = autour(champ);
  zone.replaceChildren();
  message.textContent = "";
}

async function proposer(champ) {
  const { zone, message } = autour(champ);
  const texte = champ.value.trim();
  requete?.abort();
  if (texte.length < LONGUEUR_MIN) {
    effacer(champ);
    return;
  }
  requete = new AbortController();
  const adresse = new URL(zone.dataset.communeSuggestions, window.location.href);
  adresse.search = new URLSearchParams({ q: texte, limite: NOMBRE });
  try {
    const reponse = await fetch(adresse, { headers: { Accept: "text/html" }, signal: requete.signal });
    if (!reponse.ok) return;
    // Escaped by the server, which writes this fragment whole.
    zone.innerHTML = await reponse.text();
    // Only the sentence is announced by screen readers, not the whole list.
    const phrase = zone.querySelector("[data-commune-message]");
    message.textContent = phrase?.textContent ?? "";
    phrase?.remove();
  } catch {
    // Offline, or a newer text was typed: the form itself still answers.
  }
}

document.addEventListener("input", (evenement) => {
  const champ = evenement.target;
  if (!(champ instanceof HTMLInputElement) || !("commune" in champ.dataset)) return;
  clearTimeout(attente);
  attente = setTimeout(() => proposer(champ), DELAI_MS);
});

document.addEventListener("click", (evenement) => {
  const bouton = evenement.target.closest("[data-commune-libelle]");
  const zone = bouton?.closest("[data-commune-suggestions]");
  if (!zone) return;
  const champ = document.getElementById(zone.id.replace(/_suggestions$/, ""));
  champ.value = bouton.dataset.communeLibelle;
  // The list of an earlier refusal no longer describes this text.
  document.getElementById(`${champ.id}_candidats`)?.remove();
  effacer(champ);
  champ.focus();
});
