//! Guest components, written as core WebAssembly and wrapped as `regie plugin build` does. Their documents are strings: the
//! first letter of a rendered one, and of an action, says what the guest does.
#![allow(dead_code, clippy::unwrap_used, reason = "the benches use a part of it, and are no tests to clippy")]

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

pub const WIT: &str = include_str!("../../../../plugin-sdk/wit/regie.wit");

/// What the guest answers where its letters do not say otherwise.
#[derive(Clone)]
pub struct Guest {
    pub catalog: String,
    pub preset: String,
    pub html: String,
    /// Answer of `migrate`, where it exports one.
    pub migrate: Option<String>,
    /// Code run at the start of `preset`.
    pub in_preset: String,
}

impl Default for Guest {
    fn default() -> Self {
        Self {
            catalog: r#"{"label":"Test"}"#.into(),
            preset: r#"{"state":""}"#.into(),
            html: "<p>on the air</p>".into(),
            migrate: None,
            in_preset: String::new(),
        }
    }
}

impl Guest {
    pub fn html(html: &str) -> Self {
        Self { html: html.into(), ..Self::default() }
    }

    pub fn component(&self) -> Vec<u8> {
        let (wit, world) = match &self.migrate {
            None => (WIT.to_owned(), "tracker"),
            Some(_) => {
                (format!("{WIT}\nworld fixture {{ import log; export hooks; export migration; }}"), "fixture")
            }
        };
        component(&wit, world, &self.wat())
    }

    pub fn wat(&self) -> String {
        let mut data = Data { wat: String::new(), next: 1024 };
        let catalog = data.text(&self.catalog);
        let preset = data.text(&self.preset);
        let html = data.text(&self.html);
        let migrate = self.migrate.as_deref().map(|text| data.text(text));
        let migrate = migrate.map_or(String::new(), |text| {
            let export = "regie:plugin/migration@1.0.0#migrate";
            format!(
                "(func (export \"{export}\") (param i32 i32) (result i32) (call $ok (call $copy {text})))"
            )
        });
        let [state, results, end, changed, fault, nope, code, message, level, panicked] = [
            "{\"state\":\"",
            "\",\"results\":[",
            "]}",
            "{\"changed\":true},",
            "{\"fault\":{\"code\":\"no\",\"message\":\"not now\"}},",
            "nope",
            "refused",
            "not like this",
            "error",
            "panicked at src/lib.rs:3",
        ]
        .map(|text| data.text(text));
        let data = data.wat;
        let in_preset = &self.in_preset;
        format!(
            r#"(module
  (import "regie:plugin/log@1.0.0" "log" (func $log (param i32 i32 i32 i32)))
  (memory (export "memory") 2)
  {data}
  (global $heap (mut i32) (i32.const 65536))
  (global $out (mut i32) (i32.const 0))
  (func $alloc (param $len i32) (result i32) (local $at i32)
    (local.set $at (global.get $heap))
    (global.set $heap (i32.and (i32.add (i32.add (global.get $heap) (local.get $len)) (i32.const 15)) (i32.const -16)))
    (block $enough (loop $more
      (br_if $enough (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
      (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then (unreachable)))
      (br $more)))
    (local.get $at))
  (func (export "cabi_realloc") (param i32 i32 i32) (param $len i32) (result i32) (call $alloc (local.get $len)))
  (func $ok (param $at i32) (param $len i32) (result i32)
    (i32.store8 (i32.const 16) (i32.const 0))
    (i32.store (i32.const 20) (local.get $at)) (i32.store (i32.const 24) (local.get $len))
    (i32.const 16))
  (func $error (param $code i32) (param $codelen i32) (param $message i32) (param $messagelen i32) (result i32)
    (i32.store8 (i32.const 16) (i32.const 1))
    (i32.store (i32.const 20) (local.get $code)) (i32.store (i32.const 24) (local.get $codelen))
    (i32.store (i32.const 28) (local.get $message)) (i32.store (i32.const 32) (local.get $messagelen))
    (i32.store8 (i32.const 36) (i32.const 0))
    (i32.const 16))
  (func $put (param $at i32) (param $len i32)
    (memory.copy (global.get $out) (local.get $at) (local.get $len))
    (global.set $out (i32.add (global.get $out) (local.get $len))))
  (func $copy (param $at i32) (param $len i32) (result i32 i32)
    (global.set $out (call $alloc (local.get $len)))
    (call $put (local.get $at) (local.get $len))
    (i32.sub (global.get $out) (local.get $len)) (local.get $len))
  ;; Frees an answer as allocators do: by writing over it.
  (func $free (param $answer i32)
    (memory.fill (i32.load (i32.add (local.get $answer) (i32.const 4))) (i32.const 255)
      (i32.load (i32.add (local.get $answer) (i32.const 8)))))
  (export "cabi_post_regie:plugin/hooks@1.0.0#catalog" (func $free))
  (export "cabi_post_regie:plugin/hooks@1.0.0#preset" (func $free))
  (export "cabi_post_regie:plugin/hooks@1.0.0#update" (func $free))
  (export "cabi_post_regie:plugin/hooks@1.0.0#render" (func $free))
  (func $recurse (param i64) (result i64)
    (i64.add (call $recurse (i64.add (local.get 0) (i64.const 1))) (i64.const 1)))
  (func $eat (loop $on (if (i32.eq (call $alloc (i32.const 1048576)) (i32.const 7)) (then (return))) (br $on)))
  (func $flood (local $n i32) (loop $on
    (call $log {level} (i32.const 1024) (i32.const 60000))
    (br_if $on (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 150)))))
  (func $work (param $rounds i32) (local $n i32) (block $done (loop $on
    (br_if $done (i32.ge_u (local.get $n) (local.get $rounds)))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br $on))))
  ;; What a letter says. Those that answer something of their own are handled by the hooks.
  (func $do (param $letter i32)
    (if (i32.eq (local.get $letter) (i32.const 108 (; l ;))) (then (loop $on (br $on))))
    (if (i32.eq (local.get $letter) (i32.const 109 (; m ;))) (then (call $eat)))
    (if (i32.eq (local.get $letter) (i32.const 115 (; s ;))) (then (drop (call $recurse (i64.const 0)))))
    (if (i32.eq (local.get $letter) (i32.const 103 (; g ;))) (then (call $flood)))
    (if (i32.eq (local.get $letter) (i32.const 117 (; u ;))) (then (call $log {level} {panicked}) (unreachable))))
  ;; How many `x` stand from there.
  (func $count (param $at i32) (result i32) (local $n i32) (block $done (loop $on
    (br_if $done (i32.ne (i32.load8_u (i32.add (local.get $at) (local.get $n))) (i32.const 120)))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (br $on))) (local.get $n))
  (func (export "regie:plugin/hooks@1.0.0#catalog") (param i32 i32) (result i32) (call $ok {catalog}))
  (func (export "regie:plugin/hooks@1.0.0#preset") (param i32 i32) (result i32) {in_preset} (call $ok {preset}))
  {migrate}
  ;; {{"state":"<letter>…"}}
  (func (export "regie:plugin/hooks@1.0.0#render") (param $at i32) (param $len i32) (result i32) (local $letter i32)
    (local.set $letter (i32.load8_u (i32.add (local.get $at) (i32.const 10))))
    (call $do (local.get $letter))
    (if (i32.eq (local.get $letter) (i32.const 119 (; w ;)))
      (then (call $work (i32.mul (call $count (i32.add (local.get $at) (i32.const 11))) (i32.const 100000)))))
    (if (i32.eq (local.get $letter) (i32.const 98 (; b ;)))
      (then (return (call $ok (call $alloc (i32.const 2097152)) (i32.const 2097152)))))
    (if (i32.eq (local.get $letter) (i32.const 110 (; n ;)))
      (then (i32.store8 (i32.const 512) (i32.const 255)) (return (call $ok (i32.const 512) (i32.const 1)))))
    (if (i32.eq (local.get $letter) (i32.const 102 (; f ;))) (then (return (call $error {code} {message}))))
    (call $ok {html}))
  ;; The state is as many x as there were actions `a`.
  (func (export "regie:plugin/hooks@1.0.0#update") (param $at i32) (param $len i32) (result i32)
    (local $end i32) (local $n i32) (local $letter i32) (local $results i32) (local $length i32)
    (local.set $n (call $count (i32.add (local.get $at) (i32.const 10))))
    (local.set $end (i32.add (local.get $at) (i32.sub (local.get $len) (i32.const 10))))
    (local.set $results (call $alloc (i32.const 65536)))
    (global.set $out (local.get $results))
    (block $done (loop $on
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (if (i32.and
            (i64.eq (i64.load align=1 (local.get $at)) (i64.const 0x226e6f6974636122 (; "action" ;)))
            (i32.eq (i32.load16_u offset=8 align=1 (local.get $at)) (i32.const 0x223a (; :" ;))))
        (then
          (local.set $letter (i32.load8_u offset=10 (local.get $at)))
          (call $do (local.get $letter))
          (if (i32.eq (local.get $letter) (i32.const 106 (; j ;))) (then (return (call $ok {nope}))))
          (if (i32.eq (local.get $letter) (i32.const 102 (; f ;)))
            (then (call $put {fault}))
            (else (local.set $n (i32.add (local.get $n) (i32.const 1))) (call $put {changed})))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $on)))
    (local.set $length (i32.sub (i32.sub (global.get $out) (local.get $results)) (i32.const 1)))
    (local.set $at (call $alloc (i32.add (local.get $n) (i32.const 131072))))
    (global.set $out (local.get $at))
    (call $put {state})
    (memory.fill (global.get $out) (i32.const 120) (local.get $n))
    (global.set $out (i32.add (global.get $out) (local.get $n)))
    (call $put {results})
    (call $put (local.get $results) (local.get $length))
    (call $put {end})
    (call $ok (local.get $at) (i32.sub (global.get $out) (local.get $at)))))
"#
        )
    }
}

struct Data {
    wat: String,
    next: usize,
}

impl Data {
    /// Address and length, as two constants.
    fn text(&mut self, text: &str) -> String {
        let escaped: String = text.bytes().map(|b| format!("\\{b:02x}")).collect();
        let at = self.next;
        self.wat.push_str(&format!("(data (i32.const {at}) \"{escaped}\")\n  "));
        self.next += text.len();
        assert!(self.next < 65536);
        format!("(i32.const {at}) (i32.const {})", text.len())
    }
}

/// Wraps a core module. `wit` may hold several packages, each after a line `// package`.
pub fn component(wit: &str, world: &str, wat: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let packages = wit.split("// package\n").map(|text| resolve.push_str("fixture.wit", text).unwrap());
    let package = packages.last().unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = wat::parse_str(wat).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}
