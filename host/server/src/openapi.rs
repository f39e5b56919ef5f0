//! The OpenAPI document, merged from the rooms' own.

use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(title = "Régie", description = "The control room of a game broadcast."),
    paths(
        crate::routes::plugins::list_plugins,
        crate::routes::plugins::show_plugin,
        crate::routes::plugins::install_plugin,
        crate::routes::plugins::rescan_plugins,
        crate::routes::operate::set_plugin_settings,
        crate::routes::operate::set_plugin_grants,
        crate::routes::operate::enable_plugin,
        crate::routes::operate::disable_plugin,
        crate::routes::operate::reload_plugin,
        crate::routes::operate::remove_plugin,
        crate::routes::operate::list_plugin_logs,
        crate::routes::links::list_links,
        crate::routes::links::reload_links,
        crate::routes::admin::admin_state,
        crate::routes::health::alive,
        crate::routes::health::ready,
    )
)]
struct Base;

pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    document.merge(regie_identity::routes::ApiDoc::openapi());
    document.merge(regie_restream::routes::ApiDoc::openapi());
    document.merge(regie_race::routes::document());
    document.merge(regie_lobby::routes::ApiDoc::openapi());
    document
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = serde_json::to_value(super::document()).unwrap();
        let mut seen = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for operation in methods.as_object().unwrap().values() {
                let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{path}: {operation}"));
                assert!(seen.insert(name.to_owned()), "{path}: `{name}` is there twice");
            }
        }
        assert!(seen.len() > 25, "{seen:?}");
    }
}
