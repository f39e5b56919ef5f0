//! What goes over the wire: lists of commands, each an object with `cmd` (network protocol, "Archipelago Protocol
//! Packets"). Only what a tracker needs is read, and leniently: unknown commands and fields are passed over.

use std::{borrow::Cow, collections::HashMap};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::fault::{Fault, brief};

/// From the room.
#[derive(Debug)]
pub(crate) enum Packet {
    RoomInfo(RoomInfo),
    Connected(Connected),
    ConnectionRefused(Refusal),
    DataPackage(Data),
    ReceivedItems(Received),
    InvalidPacket(InvalidPacket),
    Other,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct RoomInfo {
    pub version: Option<Version>,
    /// Names this one multiworld.
    #[serde(default)]
    pub seed_name: String,
    #[serde(default)]
    pub datapackage_checksums: HashMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub major: u32,
    pub minor: u32,
    pub build: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Connected {
    /// Ours: the key into `slot_info`.
    pub slot: u32,
    pub slot_info: HashMap<String, Slot>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Slot {
    pub game: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Refusal {
    #[serde(default)]
    pub errors: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Data {
    pub data: DataPackage,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DataPackage {
    pub games: HashMap<String, GameData>,
    /// What this one room adds to its games' packages; newer rooms only.
    #[serde(default)]
    pub dynamic: HashMap<String, GameData>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct GameData {
    #[serde(default)]
    pub item_name_to_id: HashMap<String, i64>,
    pub checksum: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Received {
    pub index: u64,
    pub items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub item: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InvalidPacket {
    #[serde(default)]
    pub text: String,
}

/// To the room.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "cmd")]
pub(crate) enum Command {
    Connect(Connect),
    GetDataPackage { games: Vec<String> },
    Sync,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Connect {
    pub password: Option<String>,
    pub game: String,
    pub name: String,
    pub uuid: String,
    pub version: VersionOut,
    pub items_handling: u8,
    pub tags: &'static [&'static str],
    pub slot_data: bool,
}

/// A [`Version`] that names its class, which is how the room knows it from any other object.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct VersionOut {
    #[serde(flatten)]
    pub version: Version,
    pub class: &'static str,
}

pub(crate) fn read(text: &str) -> Result<Vec<Packet>, Fault> {
    let packets: serde_json::Result<Vec<&RawValue>> = serde_json::from_str(text);
    let packets = packets.and_then(|packets| packets.into_iter().map(packet).collect());
    packets.map_err(|error| Fault::Malformed(brief(&error.to_string())))
}

/// In two passes over the text: serde's own tagged enums would first build a tree of it all, many times its size.
fn packet(raw: &RawValue) -> serde_json::Result<Packet> {
    #[derive(Deserialize)]
    struct Head<'a> {
        #[serde(borrow)]
        cmd: Cow<'a, str>,
    }

    let text = raw.get();
    let head: Head = serde_json::from_str(text)?;
    Ok(match &*head.cmd {
        "RoomInfo" => Packet::RoomInfo(serde_json::from_str(text)?),
        "Connected" => Packet::Connected(serde_json::from_str(text)?),
        "ConnectionRefused" => Packet::ConnectionRefused(serde_json::from_str(text)?),
        "DataPackage" => Packet::DataPackage(serde_json::from_str(text)?),
        "ReceivedItems" => Packet::ReceivedItems(serde_json::from_str(text)?),
        "InvalidPacket" => Packet::InvalidPacket(serde_json::from_str(text)?),
        _ => Packet::Other,
    })
}

pub(crate) fn write(commands: &[Command]) -> String {
    serde_json::to_string(commands).expect("commands are plain data with text keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tracker_does_not_need_is_passed_over() {
        let packets = read(
            r#"[{"cmd":"PrintJSON","data":7},{"cmd":"Tomorrow"},{"cmd":"RoomUpdate","checked_locations":[1]},
                {"cmd":"ReceivedItems","index":2,"items":[{"item":-1,"location":-2,"player":0,"flags":0,"class":"NetworkItem"}]}]"#,
        )
        .unwrap();
        assert!(matches!(packets[..3], [Packet::Other, Packet::Other, Packet::Other]));
        assert!(
            matches!(&packets[3], Packet::ReceivedItems(Received { index: 2, items }) if items[0].item == -1)
        );
    }

    #[test]
    fn what_is_not_the_protocol_says_what_it_is_not() {
        for text in [
            "",
            "{}",
            "[1]",
            r#"[{"no":"cmd"}]"#,
            r#"[{"cmd":7}]"#,
            r#"[{"cmd":"ReceivedItems","index":-1,"items":[]}]"#,
            r#"[{"cmd":"ReceivedItems","index":0,"items":[{"item":1.5}]}]"#,
            r#"[{"cmd":"ReceivedItems","index":0}]"#,
            r#"[{"cmd":"Connected","slot":1}]"#,
            &"[".repeat(5000),
        ] {
            let fault = read(text).unwrap_err();
            assert!(matches!(&fault, Fault::Malformed(why) if why.contains("line")), "{text}: {fault}");
        }
    }

    #[test]
    fn commands_are_written_as_the_protocol_wants_them() {
        let connect = Command::Connect(Connect {
            password: None,
            game: String::new(),
            name: "One".into(),
            uuid: "u".into(),
            version: VersionOut { version: Version { major: 0, minor: 6, build: 1 }, class: "Version" },
            items_handling: 7,
            tags: &["Tracker"],
            slot_data: false,
        });
        assert_eq!(
            write(&[connect, Command::GetDataPackage { games: vec!["A".into()] }, Command::Sync]),
            r#"[{"cmd":"Connect","password":null,"game":"","name":"One","uuid":"u","version":{"major":0,"minor":6,"build":1,"class":"Version"},"items_handling":7,"tags":["Tracker"],"slot_data":false},{"cmd":"GetDataPackage","games":["A"]},{"cmd":"Sync"}]"#
        );
    }
}
