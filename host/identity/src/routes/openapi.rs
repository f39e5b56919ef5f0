//! The room's part of `/api/openapi.json`, and the schemas that other rooms share.

use serde::Serialize;
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::{auth, invites, keys, tokens, users};
use crate::COOKIE;

#[derive(OpenApi)]
#[openapi(
    paths(
        auth::login::login,
        auth::logout::logout,
        auth::me::me,
        auth::first_admin::first_admin,
        auth::twitch::list_providers,
        auth::twitch::leave_for_twitch,
        auth::twitch::return_from_twitch,
        auth::twitch::unlink_twitch,
        users::list::list_users,
        users::create::create_user,
        users::patch::patch_user,
        tokens::list::list_tokens,
        tokens::create::create_token,
        tokens::revoke::revoke_token,
        keys::list::list_keys,
        keys::create::create_key,
        keys::revoke::revoke_key,
        invites::show::show_invite,
        invites::accept::accept_invite,
    ),
    components(schemas(ErrorSchema)),
    tags(
        (name = "auth", description = "Signing in and out"),
        (name = "users", description = "Users and their global roles"),
        (name = "tokens", description = "API tokens of users, for programs"),
        (name = "keys", description = "OBS keys: read-only addresses of browser sources"),
        (name = "invites", description = "Links that give a role on one target"),
    ),
    security(("bearer" = []), ("session" = [])),
    modifiers(&Schemes)
)]
pub struct ApiDoc;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components
            .add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE))));
    }
}

/// The body of every refusal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorSchema {
    pub error: ErrorDetailSchema,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErrorDetail)]
pub struct ErrorDetailSchema {
    /// What a program switches on, such as `conflict`.
    pub code: String,
    /// What a person reads.
    pub message: String,
    /// Where in the request the fault is, such as `participants[1].label`.
    #[schema(nullable = false)]
    pub path: Option<String>,
    /// What would be right.
    #[schema(nullable = false)]
    pub hint: Option<String>,
}

/// Rights rise from left to right.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub enum RoleName {
    Viewer,
    Editor,
    Restreamer,
    Admin,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_with_its_answers() {
        let api = serde_json::to_value(ApiDoc::openapi()).unwrap();
        let mut operations = 0;
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                operations += 1;
                let answers = operation["responses"].as_object().unwrap();
                assert!(answers.keys().any(|status| status.starts_with(['2', '3'])), "{method} {path}");
                assert!(operation["tags"][0].is_string(), "{method} {path}");
                for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with('4')) {
                    let schema = &answer["content"]["application/json"]["schema"]["$ref"];
                    assert_eq!(schema, "#/components/schemas/Error", "{method} {path} {status}");
                }
            }
        }
        assert_eq!(operations, 19);
        let user = &api["components"]["schemas"]["User"]["properties"];
        assert_eq!(user["role"]["$ref"], "#/components/schemas/Role", "{user}");
    }
}
