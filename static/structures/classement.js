/* The ranking without a round trip: drag a line, or use its buttons and its number from the keyboard. The page works
   without this file: the same buttons are then sent to the server, which answers with the new order. */
(() => {
  "use strict";
  const formulaire = document.querySelector("[data-classement]");
  if (!formulaire) return;
  const corps = formulaire.querySelector("tbody");
  const annonce = formulaire.querySelector("[data-annonce]");
  let modifie = false;
  let prise = null;

  const lignes = () => [...corps.querySelectorAll("[data-ligne]")];
  const rang = (ligne) => ligne.querySelector('input[type="text"]');
  const classees = () => lignes().filter((ligne) => rang(ligne).value.trim() !== "");

  const renumeroter = () => {
    classees().forEach((ligne, place) => {
      rang(ligne).value = String(place + 1);
      rang(ligne).nextElementSibling.value = String(place + 1);
    });
    modifie = true;
  };

  const dire = (ligne) => {
    const nom = ligne.querySelector("[data-nom]").textContent;
    const place = rang(ligne).value;
    annonce.textContent = place ? `${nom} : rang ${place} sur ${classees().length}, à enregistrer.` : `${nom} : sans rang, à enregistrer.`;
  };

  /* Puts a line at a place (from 0) of the ranked ones. */
  const placer = (ligne, place) => {
    const autres = classees().filter((autre) => autre !== ligne);
    const suivante = autres[Math.max(0, Math.min(place, autres.length))];
    if (suivante) suivante.before(ligne);
    else if (autres.length) autres[autres.length - 1].after(ligne);
    else corps.prepend(ligne);
    if (!rang(ligne).value.trim()) rang(ligne).value = "0";
    renumeroter();
    dire(ligne);
  };

  const retirer = (ligne) => {
    rang(ligne).value = "";
    rang(ligne).nextElementSibling.value = "";
    corps.append(ligne);
    renumeroter();
    dire(ligne);
  };

  formulaire.addEventListener("click", (evenement) => {
    const bouton = evenement.target.closest("[data-pas]");
    if (!bouton) return;
    evenement.preventDefault();
    const ligne = bouton.closest("[data-ligne]");
    const place = classees().indexOf(ligne);
    placer(ligne, place < 0 ? classees().length : place + Number(bouton.dataset.pas));
    bouton.focus();
  });

  formulaire.addEventListener("change", (evenement) => {
    const champ = evenement.target;
    if (!champ.matches('input[type="text"]')) return;
    const ligne = champ.closest("[data-ligne]");
    const saisi = champ.value.trim();
    if (saisi === "") retirer(ligne);
    else if (/^[1-9][0-9]{0,3}$/.test(saisi)) placer(ligne, Number(saisi) - 1);
    /* Anything else is left as typed: the server says what is wrong with it. */
  });

  /* A line is grabbed anywhere but in its controls. */
  let appui = null;
  corps.addEventListener("pointerdown", (evenement) => {
    appui = evenement.target;
  });
  lignes().forEach((ligne) => {
    ligne.draggable = true;
    ligne.addEventListener("dragstart", (evenement) => {
      if (appui && appui.closest("input, button")) {
        evenement.preventDefault();
        return;
      }
      prise = ligne;
      ligne.classList.add("se-deplace");
      evenement.dataTransfer.effectAllowed = "move";
      evenement.dataTransfer.setData("text/plain", "");
    });
    ligne.addEventListener("dragend", () => {
      ligne.classList.remove("se-deplace");
      prise = null;
    });
  });
  corps.addEventListener("dragover", (evenement) => {
    if (prise) evenement.preventDefault();
  });
  corps.addEventListener("drop", (evenement) => {
    const cible = evenement.target.closest("[data-ligne]");
    if (!prise || !cible || cible === prise) return;
    evenement.preventDefault();
    const boite = cible.getBoundingClientRect();
    const apres = evenement.clientY > boite.top + boite.height / 2;
    const rangees = classees().filter((ligne) => ligne !== prise);
    const place = rangees.indexOf(cible);
    placer(prise, place < 0 ? rangees.length : place + (apres ? 1 : 0));
  });

  formulaire.addEventListener("submit", () => {
    modifie = false;
  });
  window.addEventListener("beforeunload", (evenement) => {
    if (modifie) evenement.preventDefault();
  });
})();
