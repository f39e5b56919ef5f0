/** Says that a new version of the page is there: whoever works on it decides when it is loaded. */
export function offerReload(words: Readonly<Record<string, string>>) {
  if (document.querySelector('.rg-newer')) return;
  const note = document.createElement('p');
  note.className = 'rg-newer';
  // There before its words: what appears together with its role is not read out.
  note.setAttribute('role', 'status');
  document.body.append(note);
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = words.reload ?? 'Reload';
  button.addEventListener('click', () => location.reload());
  note.append(words.newer ?? 'A new version of this page is there.', ' ', button);
}
