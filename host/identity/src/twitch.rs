//! Sign-in with Twitch: the way to the provider and back, and the account that it leads to.
//!
//! The provider's tokens are used once, to ask who came, and are not kept.

mod pending;
mod provider;
mod token;

use regie_core::{Actor, Error, ErrorKind, Result, Role};

use crate::{Identity, NewUser, Principal, Secret, User, check, model::UserDoc};
pub(crate) use pending::{Pending, UnderWay};
use provider::Profile;
pub(crate) use provider::Provider;
pub use provider::TwitchOptions;

/// Where a browser is sent, and what it must bring back.
#[derive(Debug)]
pub struct Departure {
    pub authorization_url: String,
    /// For a cookie that only this way back reads: a state that somebody else began is worth nothing here.
    pub browser: Secret,
}

/// Who came back.
#[derive(Debug)]
pub struct Arrival {
    pub user: User,
    /// `None` where an account was linked: its session goes on.
    pub session: Option<Secret>,
    /// A path of this server.
    pub next: String,
}

/// What Twitch says of somebody goes into their account.
fn linked(doc: &mut UserDoc, profile: &Profile) {
    doc.user.twitch_id = Some(profile.id.clone());
    doc.user.twitch_name = Some(profile.login.clone());
    doc.user.avatar_url.clone_from(&profile.avatar_url);
}

impl Identity {
    /// Whether an operator has set it up.
    pub fn has_twitch(&self) -> bool {
        self.twitch.is_some()
    }

    /// `next` is a path of this server to go to afterwards; `link` links the account of `by` instead of signing in. `origin` is
    /// the address under which the browser reached this server. Errors: `not_configured` (503), `bad_request` for a `next` that
    /// leads elsewhere, `unauthenticated` where there is nobody to link.
    pub fn leave_for_twitch(
        &self,
        by: &Principal,
        origin: &str,
        next: Option<&str>,
        link: bool,
    ) -> Result<Departure> {
        let provider = self.twitch()?;
        let next = next.unwrap_or("/app/");
        check_next(next)?;
        let link = if link { Some(by.person()?.id) } else { None };
        let redirect = self.redirect(origin);
        let (authorization_url, state, verifier) = provider.authorize(&redirect)?;
        let browser = Secret::random("");
        let pending = Pending {
            verifier,
            redirect,
            browser: browser.hash(),
            next: next.to_owned(),
            link,
            expires_at_ms: self.clock.now_ms() + pending::LIFE_MS,
        };
        self.pending.lock().keep(&state, pending, self.clock.now_ms());
        Ok(Departure { authorization_url, browser })
    }

    /// The way back: `state` and `code` as the provider sent them, `browser` from the cookie. Errors: `bad_state` (400) for a state
    /// that is unknown, used, too old or another browser's; `denied` (403); `provider` (503) where Twitch does not answer as it
    /// should; 409 where the Twitch account is linked to somebody else.
    pub async fn return_from_twitch(
        &self,
        by: &Principal,
        state: &str,
        answer: std::result::Result<String, String>,
        browser: Option<&str>,
    ) -> Result<Arrival> {
        let provider = self.twitch()?;
        let browser = browser.map(|text| Secret::from_text(text).hash());
        let pending = self.pending.lock().take(state, browser, self.clock.now_ms()).ok_or_else(|| {
            Error::bad_request("this sign-in is not under way in this browser")
                .code("bad_state")
                .path("state")
                .hint("begin again at /api/auth/twitch; it is good for ten minutes, and once")
        })?;
        let code = answer.map_err(|reason| {
            Error::forbidden(format!("Twitch did not let you in: {}", check::printable(&reason)))
                .code("denied")
        })?;
        let profile = provider.profile(&code, &pending).await?;
        if let Some(id) = &pending.link {
            let actor = by.person()?;
            if actor.id != *id {
                return Err(Error::forbidden("another account is signed in now").hint("begin again"));
            }
            let user = self.link_twitch(&actor, &profile).await?;
            return Ok(Arrival { user, session: None, next: pending.next });
        }
        let user = self.user_of_twitch(&profile).await?;
        let (user, session) = self.open_session(&user.id, self.stored_password(&user.id)?.as_deref()).await?;
        Ok(Arrival { user, session: Some(session), next: pending.next })
    }

    /// Takes it back. 409 where nobody could sign in to the account any more.
    pub async fn unlink_twitch(&self, by: &Principal) -> Result<User> {
        let actor = by.person()?;
        let _writing = self.writing.lock().await;
        if self.stored_password(&actor.id)?.is_none() {
            return Err(Error::conflict(
                "this account has no password, and nobody could sign in to it any more",
            )
            .hint("set a password first"));
        }
        let unlinked = |old: &UserDoc| {
            let mut doc = old.clone();
            (doc.user.twitch_id, doc.user.twitch_name, doc.user.avatar_url) = (None, None, None);
            doc
        };
        Ok(self.write_user(&actor, &actor.id, unlinked).await?.user)
    }

    /// By the login name on Twitch, whatever its case.
    pub fn user_by_twitch(&self, login: &str) -> Option<User> {
        let state = self.state.read();
        let is =
            |user: &User| user.twitch_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(login));
        state.users.values().map(|stored| &stored.doc.user).find(|user| is(user)).cloned()
    }

    fn twitch(&self) -> Result<&Provider> {
        self.twitch.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Unavailable, "sign-in with Twitch is not set up on this server")
                .code("not_configured")
                .hint("twitch.client_id and twitch.client_secret in config.toml")
        })
    }

    /// Where the provider sends the browser back to.
    fn redirect(&self, origin: &str) -> String {
        let public = self.options.public_url.as_deref().filter(|url| !url.is_empty());
        format!("{}/api/auth/callback", public.unwrap_or(origin).trim_end_matches('/'))
    }

    fn owner_of(&self, twitch_id: &str) -> Option<User> {
        let state = self.state.read();
        let owner =
            state.users.values().find(|stored| stored.doc.user.twitch_id.as_deref() == Some(twitch_id));
        owner.map(|stored| stored.doc.user.clone())
    }

    async fn link_twitch(&self, by: &Actor, profile: &Profile) -> Result<User> {
        let _writing = self.writing.lock().await;
        if self.owner_of(&profile.id).is_some_and(|owner| owner.id != by.id) {
            return Err(Error::conflict(format!(
                "`{}` on Twitch is linked to another account",
                profile.login
            )));
        }
        self.refresh(by, &by.id, profile).await
    }

    async fn refresh(&self, by: &Actor, id: &str, profile: &Profile) -> Result<User> {
        let apply = |old: &UserDoc| {
            let mut doc = old.clone();
            linked(&mut doc, profile);
            doc
        };
        Ok(self.write_user(by, id, apply).await?.user)
    }

    /// The account that this Twitch account is linked to, as Twitch describes it today; or a new one, a viewer.
    async fn user_of_twitch(&self, profile: &Profile) -> Result<User> {
        let _writing = self.writing.lock().await;
        if let Some(owner) = self.owner_of(&profile.id) {
            if owner.twitch_name.as_deref() == Some(&profile.login) && owner.avatar_url == profile.avatar_url
            {
                return Ok(owner);
            }
            return self.refresh(&owner.actor(), &owner.id, profile).await;
        }
        for name in profile.names() {
            let mut doc = self.new_user(NewUser { name, password: None, role: Role::Viewer }).await?;
            linked(&mut doc, profile);
            match self.insert_user(&doc.user.actor(), doc).await {
                Err(error) if error.kind == ErrorKind::Conflict => {}
                made => return made,
            }
        }
        Err(Error::conflict(format!("every name like `{}` is taken here", profile.login)))
    }
}

/// A path of this server and nothing that a browser would take for another one's address.
fn check_next(next: &str) -> Result<()> {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 512
        && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if local {
        return Ok(());
    }
    Err(Error::bad_request("this leads to no page of this server").path("next").hint("a path, as /race/…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_gone_to_afterwards() {
        for good in ["/", "/app/", "/race/0190-1?x=1#y"] {
            assert!(check_next(good).is_ok(), "{good}");
        }
        for bad in ["", "app", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/a b"] {
            assert!(check_next(bad).is_err(), "{bad:?}");
        }
    }
}
