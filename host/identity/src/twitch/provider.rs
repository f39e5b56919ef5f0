//! What is asked of Twitch: a code for a token, and who it belongs to.

use std::time::Duration;

use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    StandardRevocableToken, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};
use regie_core::{Error, ErrorKind, Result};
use serde::Deserialize;

use super::{pending::Pending, token::TwitchToken};
use crate::check;

/// How long the provider may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an operator sets; without id and secret there is no sign-in with Twitch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwitchOptions {
    pub client_id: String,
    pub client_secret: String,
    pub authorize_url: String,
    pub token_url: String,
    /// Answers `{"data":[{"id","login","display_name","profile_image_url"}]}`.
    pub user_url: String,
}

type Asks = Client<
    BasicErrorResponse,
    TwitchToken,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

pub(crate) struct Provider {
    client: Asks,
    client_id: String,
    user_url: String,
    http: reqwest::Client,
}

/// Who somebody is on Twitch.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Profile {
    pub id: String,
    pub login: String,
    #[serde(default)]
    display_name: String,
    #[serde(default, rename = "profile_image_url", deserialize_with = "web_address")]
    pub avatar_url: Option<String>,
}

impl Profile {
    /// What a new account may be called, best first.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let own = [self.display_name.clone(), self.login.clone()];
        let numbered = (2..100).map(|n| format!("{}-{n}", self.login));
        own.into_iter().chain(numbered).filter(|name| check::name(name).is_ok())
    }
}

/// Only pictures that a page may show without being seen through: `https`.
fn web_address<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|url| url.starts_with("https://") && url.len() <= 512))
}

impl Provider {
    /// `None` where it is not set up. Errors: `bad_request` naming the setting that is no address.
    pub fn new(options: &TwitchOptions) -> Result<Option<Self>> {
        if options.client_id.is_empty() || options.client_secret.is_empty() {
            return Ok(None);
        }
        let bad = |key: &'static str| {
            move |error: url::ParseError| {
                Error::bad_request(format!("twitch.{key} is no address: {error}"))
                    .path(format!("twitch.{key}"))
            }
        };
        let client = Client::new(ClientId::new(options.client_id.clone()))
            .set_client_secret(ClientSecret::new(options.client_secret.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::new(options.authorize_url.clone()).map_err(bad("authorize_url"))?)
            .set_token_uri(TokenUrl::new(options.token_url.clone()).map_err(bad("token_url"))?);
        url::Url::parse(&options.user_url).map_err(bad("user_url"))?;
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(Error::internal)?;
        Ok(Some(Self {
            client,
            client_id: options.client_id.clone(),
            user_url: options.user_url.clone(),
            http,
        }))
    }

    /// The address to send a browser to, its state, and what proves later that it was us (PKCE, S256).
    pub fn authorize(&self, redirect: &str) -> Result<(String, String, PkceCodeVerifier)> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let redirect = redirect_url(redirect)?;
        let request = self.client.authorize_url(|| CsrfToken::new_random_len(32));
        let (url, state) =
            request.set_redirect_uri(std::borrow::Cow::Owned(redirect)).set_pkce_challenge(challenge).url();
        Ok((url.into(), state.into_secret(), verifier))
    }

    pub async fn profile(&self, code: &str, pending: &Pending) -> Result<Profile> {
        let redirect = redirect_url(&pending.redirect)?;
        let http = self.http.clone();
        let send = move |request: HttpRequest| send(http.clone(), request);
        let verifier = PkceCodeVerifier::new(pending.verifier.secret().clone());
        let token = self
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_redirect_uri(std::borrow::Cow::Owned(redirect))
            .set_pkce_verifier(verifier)
            .request_async(&send)
            .await
            .map_err(|error| failed("it did not take the code", error))?;
        let answer = self
            .http
            .get(&self.user_url)
            .bearer_auth(token.access_token().secret())
            .header("Client-Id", &self.client_id)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| failed("it did not say who you are", error))?;
        #[derive(Deserialize)]
        struct Users {
            data: Vec<Profile>,
        }
        let users: Users =
            answer.json().await.map_err(|error| failed("it did not say who you are", error))?;
        let known = |one: &Profile| !one.id.is_empty() && !one.login.is_empty();
        users.data.into_iter().find(known).ok_or_else(|| unavailable("it knows nobody by this sign-in"))
    }
}

async fn send(
    http: reqwest::Client,
    request: HttpRequest,
) -> std::result::Result<HttpResponse, reqwest::Error> {
    let (parts, body) = request.into_parts();
    let answer =
        http.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body).send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn redirect_url(text: &str) -> Result<RedirectUrl> {
    RedirectUrl::new(text.to_owned()).map_err(|error| {
        Error::bad_request(format!("Twitch cannot send anybody back to `{text}`: {error}"))
            .hint("server.public_url in config.toml")
    })
}

/// The reason is for the log: it may quote what was sent.
fn failed(what: &str, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    unavailable(what).source(error)
}

fn unavailable(what: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("Twitch did not answer as it should: {what}"))
        .code("provider")
        .hint("try again; the server's log says more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_account_is_called_as_on_twitch_or_nearly_so() {
        let profile: Profile = serde_json::from_str(
            r#"{"id":"1","login":"ada","display_name":"Ada\u200b","profile_image_url":"http://x.example/a.png"}"#,
        )
        .unwrap();
        assert_eq!(profile.names().take(2).collect::<Vec<_>>(), ["ada", "ada-2"]);
        assert_eq!(profile.avatar_url, None, "pictures come over https only");
    }
}
