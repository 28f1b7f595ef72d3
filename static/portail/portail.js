// Comfort only: every page works without it.

document.addEventListener("DOMContentLoaded", () => {
  // After a refused form, reading starts at the summary of what is to be corrected.
  document.getElementById("resume-erreurs")?.focus();
});

// A second click on a button does not send the form a second time.
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (formulaire.dataset.envoye && Date.now() - Number(formulaire.dataset.envoye) < 3000) {
    evenement.preventDefault();
    return;
  }
  formulaire.dataset.envoye = String(Date.now());
});

// A page that comes back from the browser's memory can be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-envoye]").forEach((formulaire) => delete formulaire.dataset.envoye);
});
