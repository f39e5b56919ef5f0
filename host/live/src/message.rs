//! The JSON of `GET /live`, both ways (ARCHITECTURE.md, "Live transport").

use bytes::Bytes;
use regie_core::{Error, Result, Topic};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    act::Act,
    frame,
    source::{Form, Refused, Variant, Want},
};

const SHAPE: &str = r#"one of {"subscribe":[…]}, {"unsubscribe":[…]}, {"do":{…}}, {"hello":{…}}, {"beat":…}"#;

/// What a client said in one frame; several members may stand together.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub subscribe: Vec<Result<Subscribe, Box<Unreadable>>>,
    pub unsubscribe: Vec<Unsubscribe>,
    pub action: Option<Do>,
    pub hello: Option<Hello>,
    /// Echoed as it is.
    pub beat: Option<Box<RawValue>>,
}

#[derive(Debug)]
pub(crate) struct Subscribe {
    pub topic: Topic,
    pub want: Want,
    pub key: Option<Box<str>>,
    /// Seconds.
    pub delay: u32,
    pub etag: Option<Box<str>>,
}

/// A subscription that could not be read, with what it named as far as that could: the refusal repeats it.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub topic: String,
    pub want: Option<Want>,
    pub error: Error,
}

#[derive(Debug)]
pub(crate) struct Unsubscribe {
    pub topic: Topic,
    /// `None`: every picture of the topic.
    pub want: Option<Want>,
}

#[derive(Debug)]
pub(crate) struct Do {
    /// As written: a name that is no topic is refused by key, not as garbage.
    pub topic: String,
    pub act: Act,
}

/// What a page says of itself: shown to operators, believed by nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hello {
    /// Path and query, without anything that opens doors.
    pub page: Box<str>,
    /// Of the page's script; empty where it does not say.
    pub build: Box<str>,
}

#[derive(Deserialize)]
struct RawSaid<'a> {
    #[serde(borrow, default)]
    subscribe: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    unsubscribe: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default, rename = "do")]
    action: Option<&'a RawValue>,
    #[serde(borrow, default)]
    hello: Option<&'a RawValue>,
    #[serde(default)]
    beat: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct RawSubscribe {
    topic: String,
    #[serde(flatten)]
    want: Want,
    #[serde(default)]
    key: Option<Box<str>>,
    #[serde(default)]
    delay: Option<u32>,
    #[serde(default)]
    etag: Option<Box<str>>,
}

#[derive(Deserialize)]
struct RawDo {
    topic: String,
    key: String,
    #[serde(default)]
    base_version: Option<u64>,
    action: Box<RawValue>,
}

fn unreadable(what: &str, error: &serde_json::Error) -> Error {
    Error::bad_request(format!("{what}: {error}")).path(what.to_owned())
}

impl Said {
    /// Fails where the frame as a whole says nothing; single subscriptions fail by themselves.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let raw: RawSaid = serde_json::from_str(text)
            .map_err(|e| Error::bad_request(format!("not a frame: {e}")).hint(SHAPE))?;
        let asks = raw.subscribe.is_some() || raw.unsubscribe.is_some() || raw.action.is_some();
        if !asks && raw.hello.is_none() && raw.beat.is_none() {
            return Err(Error::bad_request("a frame that says nothing").hint(SHAPE));
        }
        if raw.beat.as_ref().is_some_and(|beat| beat.get().len() > 64) {
            return Err(Error::bad_request("a beat holds at most 64 bytes").path("beat"));
        }
        let unsubscribe = raw.unsubscribe.unwrap_or_default().into_iter().map(Unsubscribe::read);
        Ok(Self {
            subscribe: raw.subscribe.unwrap_or_default().into_iter().map(Subscribe::read).collect(),
            unsubscribe: unsubscribe.collect::<Result<_>>()?,
            action: raw.action.map(Do::read).transpose()?,
            hello: raw.hello.map(Hello::read).transpose()?,
            beat: raw.beat,
        })
    }
}

impl Subscribe {
    fn read(raw: &RawValue) -> Result<Self, Box<Unreadable>> {
        let refuse = |topic, want, error| Err(Box::new(Unreadable { topic: cut(topic), want, error }));
        let read: RawSubscribe = match serde_json::from_str(raw.get()) {
            Ok(read) => read,
            Err(error) => return refuse(named(raw), None, unreadable("subscribe", &error)),
        };
        let long = |text: &Option<String>| text.as_ref().is_some_and(|t| t.len() > 128);
        if long(&read.want.surface) || long(&read.want.locale) {
            let error = Error::bad_request("a surface or locale holds at most 128 bytes").path("surface");
            return refuse(read.topic, None, error);
        }
        match Topic::parse(&read.topic) {
            Ok(topic) => Ok(Self {
                topic,
                want: read.want,
                key: read.key,
                delay: read.delay.unwrap_or(0),
                etag: read.etag,
            }),
            Err(error) => refuse(read.topic, Some(read.want), error),
        }
    }
}

/// The topic of a subscription that cannot be read as a whole.
fn named(raw: &RawValue) -> String {
    #[derive(Deserialize)]
    struct Named {
        topic: String,
    }
    serde_json::from_str::<Named>(raw.get()).map_or_else(|_| String::new(), |named| named.topic)
}

/// A refusal repeats at most this much of what it refuses.
fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(128));
    text
}

impl Unsubscribe {
    fn read(raw: &RawValue) -> Result<Self> {
        #[derive(Deserialize)]
        struct One {
            topic: String,
            #[serde(flatten)]
            want: Want,
        }
        if let Ok(topic) = serde_json::from_str::<String>(raw.get()) {
            return Ok(Self { topic: Topic::parse(&topic)?, want: None });
        }
        let one: One = serde_json::from_str(raw.get()).map_err(|e| unreadable("unsubscribe", &e))?;
        Ok(Self { topic: Topic::parse(&one.topic)?, want: Some(one.want) })
    }
}

impl Hello {
    /// Bytes of a page's path and query.
    const PAGE: usize = 512;
    /// Bytes of a build's name.
    const BUILD: usize = 64;

    fn read(raw: &RawValue) -> Result<Self> {
        #[derive(Deserialize)]
        struct Raw {
            page: String,
            #[serde(default)]
            build: String,
        }
        let Raw { page, build } = serde_json::from_str(raw.get()).map_err(|e| unreadable("hello", &e))?;
        let plain = |text: &str| !text.chars().any(char::is_control);
        if !page.starts_with('/') || page.len() > Self::PAGE || !plain(&page) {
            return Err(Error::bad_request("this is no page's path and query").path("hello.page").hint(
                format!("it begins with /, has at most {} bytes and no control characters", Self::PAGE),
            ));
        }
        if build.len() > Self::BUILD || !plain(&build) {
            return Err(Error::bad_request(format!("a build's name has at most {} bytes", Self::BUILD))
                .path("hello.build"));
        }
        Ok(Self { page: without_keys(&page).into(), build: build.into() })
    }
}

/// The page without the capability that its address may carry, nor a fragment. A parameter whose name is written with
/// escapes could be one, and none of ours is: it goes, too.
fn without_keys(page: &str) -> String {
    let page = page.split('#').next().unwrap_or_default();
    let Some((path, query)) = page.split_once('?') else { return page.to_owned() };
    let harmless = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default();
        !name.contains(['%', '+']) && !["key", "token"].iter().any(|secret| name.eq_ignore_ascii_case(secret))
    };
    let query: Vec<_> = query.split('&').filter(harmless).filter(|parameter| !parameter.is_empty()).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

impl Do {
    fn read(raw: &RawValue) -> Result<Self> {
        let read: RawDo = serde_json::from_str(raw.get()).map_err(|e| unreadable("do", &e))?;
        if !(1..=128).contains(&read.key.len()) {
            return Err(Error::bad_request("an action's key has 1 to 128 bytes")
                .path("do.key")
                .hint("a UUIDv7"));
        }
        Ok(Self {
            topic: read.topic,
            act: Act { key: read.key, base_version: read.base_version, action: read.action },
        })
    }
}

/// What every frame about a topic begins with: the picture it is about, as it was asked for.
#[derive(Serialize)]
struct Head<'a> {
    topic: &'a str,
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    form: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    surface: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<u32>,
}

impl<'a> Head<'a> {
    fn new(topic: &'a str, want: Option<&'a Want>, delay: u32) -> Self {
        Self {
            topic,
            form: want.and_then(|w| matches!(w.form, Form::State).then_some("state")),
            surface: want.and_then(|w| w.surface.as_deref()),
            slot: want.and_then(|w| w.slot),
            locale: want.and_then(|w| w.locale.as_deref()),
            delay: (delay > 0).then_some(delay),
        }
    }
}

fn json_frame(value: &impl Serialize) -> Bytes {
    frame::text(
        &serde_json::to_vec(value).expect("frames are strings, numbers and JSON that was read as JSON"),
    )
}

#[derive(Serialize)]
struct PictureFrame<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    etag: &'a str,
    version: u64,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    css: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<&'a str>,
}

/// `{"topic",…,"etag","version","css"?,"html"|"state"}`. A state is JSON already and goes in as it is.
pub(crate) fn picture(topic: &Topic, variant: &Variant, delay: u32, snapshot: &crate::Snapshot) -> Bytes {
    let head = Head::new(topic.as_str(), Some(&variant.want), delay);
    let (html, state) = match &snapshot.body {
        crate::Body::Html(html) => (Some(&**html), None),
        crate::Body::State(state) => (None, Some(&**state)),
    };
    let value =
        PictureFrame { head, etag: &snapshot.etag, version: snapshot.version, css: &snapshot.css, html };
    let mut json = serde_json::to_vec(&value).expect("strings and numbers");
    if let Some(state) = state {
        json.pop();
        json.extend_from_slice(b",\"state\":");
        json.extend_from_slice(state.as_bytes());
        json.push(b'}');
    }
    frame::text(&json)
}

/// The client has this etag already.
pub(crate) fn current(topic: &Topic, variant: &Variant, delay: u32, etag: &str) -> Bytes {
    #[derive(Serialize)]
    struct Current<'a> {
        #[serde(flatten)]
        head: Head<'a>,
        etag: &'a str,
        current: bool,
    }
    let head = Head::new(topic.as_str(), Some(&variant.want), delay);
    json_frame(&Current { head, etag, current: true })
}

/// A refused subscription, or a topic that is gone.
pub(crate) fn refused(topic: &str, want: Option<&Want>, delay: u32, error: &Error) -> Bytes {
    #[derive(Serialize)]
    struct Frame<'a, E> {
        #[serde(flatten)]
        head: Head<'a>,
        error: E,
    }
    json_frame(&Frame { head: Head::new(topic, want, delay), error: error.detail() })
}

/// A frame that could not be read.
pub(crate) fn fault(error: &Error) -> Bytes {
    json_frame(&error.body())
}

/// The page is to be loaded again.
pub(crate) fn reload() -> Bytes {
    frame::text(br#"{"reload":true}"#)
}

pub(crate) fn beat(value: &str) -> Bytes {
    frame::text(format!("{{\"beat\":{value}}}").as_bytes())
}

#[derive(Serialize)]
struct DoneFrame<'a, E: Serialize> {
    done: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<E>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a RawValue>,
}

pub(crate) fn done(key: &str, result: &std::result::Result<u64, Refused>) -> Bytes {
    let (error, version, state) = match result {
        Ok(version) => (None, Some(*version), None),
        Err(refused) => (Some(refused.error.detail()), refused.version, refused.state.as_deref()),
    };
    json_frame(&DoneFrame { done: key, error, version, state })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(frame: &Bytes) -> &str {
        let header = if frame[1] < 126 { 2 } else { 4 };
        std::str::from_utf8(&frame[header..]).unwrap()
    }

    #[test]
    fn frames_that_say_nothing_are_refused_with_the_right_shape() {
        for bad in ["", "x", "[]", "3", "{}", r#"{"hallo":1}"#, r#"{"do":{}}"#, r#"{"subscribe":"a"}"#] {
            assert!(Said::read(bad).is_err(), "{bad}");
        }
        assert_eq!(Said::read("{}").unwrap_err().hint.as_deref(), Some(SHAPE));
    }

    #[test]
    fn a_page_that_says_hello_never_carries_a_key() {
        for (said, page) in [
            ("/a/overlay", "/a/overlay"),
            ("/a/overlay?view=x&slot=2", "/a/overlay?view=x&slot=2"),
            ("/a/overlay?key=1.f00&slot=2", "/a/overlay?slot=2"),
            ("/a/overlay?slot=2&KEY=1.f00", "/a/overlay?slot=2"),
            ("/a/overlay?%6bey=1.f00&k%65y=2&token=3", "/a/overlay"),
            ("/a/overlay?key", "/a/overlay"),
            ("/a/overlay?key=1?key=2&keys=3&&#key=4", "/a/overlay?keys=3"),
            ("/?", "/"),
        ] {
            let text = serde_json::json!({"hello": {"page": said, "build": "overlay-1.js"}}).to_string();
            let hello = Said::read(&text).unwrap().hello.unwrap();
            assert_eq!((&*hello.page, &*hello.build), (page, "overlay-1.js"), "{said}");
        }
        let long = "x".repeat(513);
        for bad in ["", "a/overlay", "//\u{7}", "/\n", &format!("/{long}")] {
            let text = serde_json::json!({"hello": {"page": bad}}).to_string();
            assert_eq!(Said::read(&text).unwrap_err().path.as_deref(), Some("hello.page"), "{bad}");
        }
        let long = serde_json::json!({"hello": {"page": "/", "build": long}}).to_string();
        assert_eq!(Said::read(&long).unwrap_err().path.as_deref(), Some("hello.build"));
        assert_eq!(Said::read(r#"{"hello":3}"#).unwrap_err().path.as_deref(), Some("hello"));
    }

    #[test]
    fn one_bad_subscription_does_not_spoil_the_others() {
        let said = Said::read(
            r#"{"subscribe":[{"topic":"a/b","as":"state","slot":2,"etag":"e"},{"topic":"A"},{"topic":"a","as":"xml"},7]}"#,
        )
        .unwrap();
        let good = said.subscribe[0].as_ref().unwrap();
        assert_eq!((good.want.form, good.want.slot, good.etag.as_deref()), (Form::State, Some(2), Some("e")));
        let named = |i: usize| said.subscribe[i].as_ref().unwrap_err().topic.clone();
        assert_eq!((named(1), named(2), named(3)), ("A".into(), "a".into(), String::new()));
    }

    #[test]
    fn the_shapes_a_client_reads() {
        let topic = Topic::parse("tracker/1/main").unwrap();
        let want = Want {
            form: Form::Html,
            surface: Some("overlay:all".into()),
            slot: Some(2),
            locale: Some("fr".into()),
        };
        let html = Variant { want, can_edit: false };
        let state = Variant {
            want: Want { form: Form::State, surface: None, slot: None, locale: None },
            can_edit: true,
        };
        let snapshot = |css: &[String], body| crate::Snapshot {
            version: 3,
            etag: "l-3-v".into(),
            css: css.into(),
            body,
        };
        let css = ["/plugins/a.css".to_owned()];
        let cases = [
            (
                picture(&topic, &html, 0, &snapshot(&css, crate::Body::Html("<p>\"".into()))),
                r#"{"topic":"tracker/1/main","surface":"overlay:all","slot":2,"locale":"fr","etag":"l-3-v","version":3,"css":["/plugins/a.css"],"html":"<p>\""}"#,
            ),
            (
                picture(&topic, &state, 30, &snapshot(&[], crate::Body::State("{\"a\": 1}".into()))),
                r#"{"topic":"tracker/1/main","as":"state","delay":30,"etag":"l-3-v","version":3,"state":{"a": 1}}"#,
            ),
            (
                current(&topic, &state, 0, "l-3-v"),
                r#"{"topic":"tracker/1/main","as":"state","etag":"l-3-v","current":true}"#,
            ),
            (
                refused("x", None, 0, &Error::not_found("no such topic")),
                r#"{"topic":"x","error":{"code":"not_found","message":"no such topic"}}"#,
            ),
            (done("k", &Ok(4)), r#"{"done":"k","version":4}"#),
            (
                done("k", &Err(Refused { error: Error::conflict("late"), version: Some(5), state: None })),
                r#"{"done":"k","error":{"code":"conflict","message":"late"},"version":5}"#,
            ),
            (beat("[1]"), r#"{"beat":[1]}"#),
        ];
        for (frame, expected) in cases {
            assert_eq!(payload(&frame), expected);
        }
    }
}
