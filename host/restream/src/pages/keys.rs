//! The list of shortcuts, opened by `?`: a dialog the page brings along.

use maud::{Markup, html};

use super::Words;

/// `(keys, what they do, only for those who may edit)`.
const KEYS: [(&[&str], &str, bool); 8] = [
    (&["←", "↑", "↓", "→"], "key_move", true),
    (&["Enter", "Space"], "key_more", true),
    (&["Backspace"], "key_less", true),
    (&["Ctrl Z"], "key_undo", true),
    (&["Ctrl Shift Z"], "key_redo", true),
    (&["1", "…", "9"], "key_slot", false),
    (&["Tab"], "key_complete", true),
    (&["?"], "key_help", false),
];

/// Opens the list; for those who do not know the key.
pub fn button(words: Words) -> Markup {
    html! {
        button type="button" class="rg-button rg-keys-open" aria-haspopup="dialog" aria-label=(words.get("keys")) title=(words.get("keys")) { "?" }
    }
}

pub fn dialog(words: Words, editor: bool) -> Markup {
    html! {
        dialog class="rg-dialog" id="rg-keys" aria-labelledby="rg-keys-h" {
            h2 id="rg-keys-h" { (words.get("keys")) }
            dl {
                @for (keys, does, _) in KEYS.iter().filter(|(_, _, crew)| editor || !crew) {
                    div {
                        dt { @for key in *keys { kbd { (key) } " " } }
                        dd { (words.get(does)) }
                    }
                }
            }
            form method="dialog" { button class="rg-button" { (words.get("close")) } }
        }
    }
}
