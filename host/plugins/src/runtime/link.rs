//! Whether a component fits this host, said in its author's terms, and the link itself.

use wasmtime::{
    Engine, StoreContextMut,
    component::{
        Component, ComponentExportIndex, InstancePre, Linker, WasmStr,
        types::{ComponentFunc, ComponentInstance, ComponentItem},
    },
};

use super::{
    Hook,
    call::{Guest, HookAnswer},
};
use crate::manifest::{API, Api, Kind};

const PACKAGE: &str = "regie:plugin/";

/// A linked component, ready to be instantiated for every call.
pub(crate) struct Program {
    pub(super) pre: InstancePre<Guest>,
    exports: [Option<ComponentExportIndex>; Hook::ALL.len()],
}

impl Program {
    pub(super) fn export(&self, hook: Hook) -> Option<&ComponentExportIndex> {
        self.exports[hook as usize].as_ref()
    }

    pub(crate) fn has(&self, hook: Hook) -> bool {
        self.export(hook).is_some()
    }
}

/// The one thing a plugin can import.
pub(super) fn linker(engine: &Engine) -> regie_core::Result<Linker<Guest>> {
    let internal = |error: wasmtime::Error| regie_core::Error::internal(error.to_string());
    let mut linker = Linker::new(engine);
    linker
        .instance(&format!("{PACKAGE}log@{API}.0"))
        .and_then(|mut log| {
            log.func_wrap("log", |store: StoreContextMut<'_, Guest>, (level, message): (WasmStr, WasmStr)| {
                Guest::log(store, &level, &message)
            })
        })
        .map_err(internal)?;
    Ok(linker)
}

/// Tells a core module, a text and noise from a component, which the compiler would only call malformed.
pub(super) fn check_header(wasm: &[u8]) -> Result<(), String> {
    match wasm {
        [b'\0', b'a', b's', b'm', _, _, 1, 0, ..] => Ok(()),
        [b'\0', b'a', b's', b'm', 1, 0, 0, 0, ..] => {
            Err("plugin.wasm is a core module and not a component; `regie plugin build` makes one".into())
        }
        _ => Err("plugin.wasm is no WebAssembly".into()),
    }
}

pub(super) fn link(linker: &Linker<Guest>, component: &Component, kind: Kind) -> Result<Program, String> {
    let engine = component.engine();
    let ty = component.component_type();
    for (name, item) in ty.imports(engine) {
        check_import(name, &item.ty, engine)?;
    }
    let pre = linker
        .instantiate_pre(component)
        .map_err(|error| format!("plugin.wasm does not link with interface {API}: {}", chain(&error)))?;
    let types = pre.instance_type();
    let fits =
        |func: &ComponentFunc| !func.async_() && func.typecheck::<(&str,), (HookAnswer,)>(&types).is_ok();
    let mut exports = [const { None }; Hook::ALL.len()];
    for (interface, hooks, needed) in interfaces(kind) {
        let found = ty.exports(engine).find_map(|(name, item)| match item.ty {
            ComponentItem::ComponentInstance(instance) if named(name, interface) => {
                Some((name.to_owned(), instance))
            }
            _ => None,
        });
        let Some((name, instance)) = found else {
            if needed {
                return Err(format!(
                    "plugin.wasm exports no `{interface}`, which every plugin of kind {} has; was it built for another world?",
                    kind_name(kind)
                ));
            }
            continue;
        };
        check_version("exports", interface, &name)?;
        let parent = component.get_export_index(None, &name);
        for hook in hooks {
            check_hook(&instance, engine, interface, *hook, &fits)?;
            exports[*hook as usize] = component.get_export_index(parent.as_ref(), hook.as_str());
        }
    }
    Ok(Program { pre, exports })
}

/// Interface, its hooks, and whether this kind of plugin must have it.
fn interfaces(kind: Kind) -> [(&'static str, &'static [Hook], bool); 3] {
    [
        ("hooks", &[Hook::Catalog, Hook::Preset, Hook::Update, Hook::Render], true),
        ("race", &[Hook::Standings, Hook::Project, Hook::Reveal], kind == Kind::Race),
        ("migration", &[Hook::Migrate], false),
    ]
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Tracker => "tracker",
        Kind::Indices => "indices",
        Kind::Race => "race",
    }
}

fn check_import(name: &str, item: &ComponentItem, engine: &Engine) -> Result<(), String> {
    if let ComponentItem::ComponentInstance(instance) = item {
        if named(name, "log") {
            return check_version("imports", "log", name);
        }
        // An interface of which only types are used is imported too, and asks nothing of the host.
        if name.starts_with(PACKAGE)
            && instance.exports(engine).all(|(_, i)| matches!(i.ty, ComponentItem::Type(_)))
        {
            return Ok(());
        }
    }
    let hint = if name.starts_with("wasi:") {
        "; there is no WASI here: build for wasm32-unknown-unknown, as `regie plugin build` does"
    } else {
        ""
    };
    Err(format!(
        "plugin.wasm imports `{name}`, and this host gives plugins `{PACKAGE}log` and nothing else{hint}"
    ))
}

fn check_hook(
    instance: &ComponentInstance,
    engine: &Engine,
    interface: &str,
    hook: Hook,
    fits: &dyn Fn(&ComponentFunc) -> bool,
) -> Result<(), String> {
    let name = hook.as_str();
    let shape = "func(request: string) -> result<string, fault>";
    match instance.get_export(engine, name).map(|e| e.ty) {
        Some(ComponentItem::ComponentFunc(func)) if fits(&func) => Ok(()),
        Some(_) => Err(format!("plugin.wasm exports `{interface}.{name}` in another shape than `{shape}`")),
        None => Err(format!("plugin.wasm exports `{interface}` without `{name}: {shape}`")),
    }
}

/// `regie:plugin/hooks@1.0.0` is named `hooks`, whatever its version.
fn named(name: &str, interface: &str) -> bool {
    name.strip_prefix(PACKAGE).and_then(|n| n.split('@').next()) == Some(interface)
}

fn check_version(verb: &str, interface: &str, name: &str) -> Result<(), String> {
    let version = name.split_once('@').and_then(|(_, v)| semver::Version::parse(v).ok());
    let Some(version) = version else {
        return Err(format!("plugin.wasm {verb} `{interface}` without a version; this host links {API}"));
    };
    let part = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let built = Api { major: part(version.major), minor: part(version.minor) };
    if API.links(built) {
        return Ok(());
    }
    Err(format!("plugin.wasm {verb} `{interface}` {built}, this host links up to {API}"))
}

/// An error with its causes on one line.
pub(super) fn chain(error: &wasmtime::Error) -> String {
    error.chain().map(|cause| cause.to_string()).collect::<Vec<_>>().join(": ")
}
