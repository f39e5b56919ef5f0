/// How loud a line in the host's log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One line in the host's log (8 KiB a line, 100 lines a call); natively it goes to standard error.
pub fn log(level: Level, message: &str) {
    #[cfg(target_arch = "wasm32")]
    tracker::regie::plugin::log::log(level.as_str(), message);
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("{}: {message}", level.as_str());
}

#[cfg(target_arch = "wasm32")]
mod bindings {
    pub mod tracker {
        wit_bindgen::generate!({
            path: "wit",
            world: "tracker",
            pub_export_macro: true,
            export_macro_name: "export_tracker",
            default_bindings_module: "::regie_sdk::private::tracker",
        });
    }

    // Only what a race mode has besides the hooks, whose world is that of the trackers: bindings of one interface exist once.
    pub mod racing {
        wit_bindgen::generate!({
            path: "wit",
            inline: "package regie:racing; world racing { export regie:plugin/race@1.0.0; }",
            world: "regie:racing/racing",
            generate_all,
            pub_export_macro: true,
            export_macro_name: "export_racing",
            default_bindings_module: "::regie_sdk::private::racing",
        });
    }

    pub mod migrating {
        wit_bindgen::generate!({
            path: "wit",
            world: "migrating",
            pub_export_macro: true,
            export_macro_name: "export_migrating",
            default_bindings_module: "::regie_sdk::private::migrating",
        });
    }
}
#[cfg(target_arch = "wasm32")]
pub use bindings::{migrating, racing, tracker};

/// Runs one hook with panics said in the host's log before they trap: every call has a fresh instance, so every call sets
/// the hook.
#[cfg(target_arch = "wasm32")]
pub fn run(hook: impl FnOnce() -> Result<String, crate::Fault>) -> Result<String, crate::Fault> {
    std::panic::set_hook(Box::new(|panic| log(Level::Error, &panic.to_string())));
    hook()
}

/// Makes a crate (`crate-type = ["cdylib", "rlib"]`) a plugin: `export!(Ssr);`, or `export!(Ssr, migrate);` where documents
/// of an older `state_version` can be brought up to date. A race mode says so: `export!(Sprint, race);`,
/// `export!(Sprint, race, migrate);`.
///
/// Natively this expands to nothing but the check that there is such a plugin.
#[macro_export]
macro_rules! export {
    ($plugin:path) => {
        const _: () = {
            fn _is_a_plugin() {
                fn check<K: $crate::kind::Plain>(_: impl $crate::Plugin<K>) {}
                check($plugin);
            }
        };
        $crate::export!(@hooks $plugin);
    };
    ($plugin:path, migrate) => {
        $crate::export!($plugin);
        $crate::export!(@migrate $plugin);
    };
    ($plugin:path, race) => {
        const _: () = {
            fn _is_a_race_mode() {
                fn check<K: $crate::kind::Racing>(_: impl $crate::Plugin<K>) {}
                check($plugin);
            }
        };
        $crate::export!(@hooks $plugin);
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use bindings::exports::regie::plugin::race::{Fault, Guest};
            use $crate::private::{racing as bindings, run};

            struct Component;
            impl Guest for Component {
                fn standings(request: String) -> Result<String, Fault> {
                    run(|| $crate::hooks::standings(&$plugin, &request)).map_err(fault)
                }
                fn project(request: String) -> Result<String, Fault> {
                    run(|| $crate::hooks::project(&$plugin, &request)).map_err(fault)
                }
                fn reveal(request: String) -> Result<String, Fault> {
                    run(|| $crate::hooks::reveal(&$plugin, &request)).map_err(fault)
                }
            }
            fn fault(fault: $crate::Fault) -> Fault {
                Fault { code: fault.code, message: fault.message, path: fault.path }
            }
            bindings::export_racing!(Component with_types_in $crate::private::racing);
        };
    };
    ($plugin:path, race, migrate) => {
        $crate::export!($plugin, race);
        $crate::export!(@migrate $plugin);
    };
    (@hooks $plugin:path) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use bindings::exports::regie::plugin::hooks::{Fault, Guest};
            use $crate::private::{run, tracker as bindings};

            struct Component;
            impl Guest for Component {
                fn catalog(request: String) -> Result<String, Fault> {
                    run(|| $crate::hooks::catalog(&$plugin, &request)).map_err(fault)
                }
                fn preset(request: String) -> Result<String, Fault> {
                    run(|| $crate::hooks::preset(&$plugin, &request)).map_err(fault)
                }
                fn update(request: String) -> Result<String, Fault> {
                    run(|| $crate::hooks::update(&$plugin, &request)).map_err(fault)
                }
                fn render(request: String) -> Result<String, Fault> {
                    run(|| $crate::hooks::render(&$plugin, &request)).map_err(fault)
                }
            }
            fn fault(fault: $crate::Fault) -> Fault {
                Fault { code: fault.code, message: fault.message, path: fault.path }
            }
            bindings::export_tracker!(Component with_types_in $crate::private::tracker);
        };
    };
    (@migrate $plugin:path) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            use bindings::exports::regie::plugin::migration::{Fault, Guest};
            use $crate::private::{migrating as bindings, run};

            struct Component;
            impl Guest for Component {
                fn migrate(request: String) -> Result<String, Fault> {
                    run(|| $crate::hooks::migrate(&$plugin, &request)).map_err(fault)
                }
            }
            fn fault(fault: $crate::Fault) -> Fault {
                Fault { code: fault.code, message: fault.message, path: fault.path }
            }
            bindings::export_migrating!(Component with_types_in $crate::private::migrating);
        };
    };
}
