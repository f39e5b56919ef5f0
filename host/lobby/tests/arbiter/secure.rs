//! A broker that asks for a password, over TLS, and one that speaks only the older protocol.

use std::{path::Path, process::Command};

use regie_lobby::{BrokerChoice, LinkState, Options, Remote};
use regie_lobby_client::wire::Form;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

use crate::{
    broker::Mosquitto,
    host::{Host, external},
    peer::{Peer, session},
};

const PASSWORD: &str = "p@ss/w:rd%";

fn run(dir: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An authority, and a certificate of it for this machine's address; a file of passwords.
fn make_secrets(dir: &Path) {
    let new = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem \
               -addext basicConstraints=critical,CA:TRUE";
    run(dir, "openssl", &new.split_whitespace().collect::<Vec<_>>());
    let request = "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr";
    run(dir, "openssl", &request.split_whitespace().collect::<Vec<_>>());
    std::fs::write(dir.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
    let sign = "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem";
    run(dir, "openssl", &sign.split_whitespace().collect::<Vec<_>>());
    std::fs::write(dir.join("empty"), "").unwrap();
    run(dir, "mosquitto_passwd", &["-b", "-c", "passwords", "ada", PASSWORD]);
    // mosquitto reads them as another user when it is started by root.
    run(dir, "chmod", &["-R", "a+rX", "."]);
}

fn secure() -> Mosquitto {
    let settings = "allow_anonymous false\npassword_file DIR/passwords\ncafile DIR/ca.pem\ncertfile DIR/server.pem\nkeyfile DIR/server.key\nuser root";
    Mosquitto::with(settings, make_secrets)
}

fn options(url: &str, ca: Option<Vec<u8>>) -> Options {
    let remote = Remote { ca, ..Remote::read(url).unwrap() };
    Options { broker: BrokerChoice::External(remote), ..Options::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_over_tls_with_an_authority_of_its_own_and_a_password_is_reached() {
    let broker = secure();
    let ca = Some(std::fs::read(broker.dir().join("ca.pem")).unwrap());
    let url = format!("mqtts://ada:p%40ss%2Fw%3Ard%25@localhost:{}", broker.port);
    let host = Host::with(options(&url, ca.clone())).await;
    host.connected().await;
    let status = host.lobby.status();
    assert_eq!(status.broker.protocol, Some("5"));
    assert!(!format!("{status:?}").contains("p@ss"), "{status:?}");
    host.stop().await;

    let wrong = format!("mqtts://ada:wrong@localhost:{}", broker.port);
    let host = Host::with(options(&wrong, ca)).await;
    host.until("away", |lobby| lobby.status().broker.state == LinkState::Away).await;
    let status = host.lobby.status().broker;
    assert_eq!(status.error.as_deref(), Some("the broker refuses the name or the password"));
    assert!(status.hint.unwrap().contains("lobby.password"));
    host.stop().await;

    let host = Host::with(options(&url, None)).await;
    host.until("away", |lobby| lobby.status().broker.state == LinkState::Away).await;
    let status = host.lobby.status().broker;
    assert!(status.error.as_deref().unwrap().starts_with("no secure connection"), "{status:?}");
    assert!(status.hint.unwrap().contains("lobby.ca_file"));
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_whose_rules_leave_no_room_for_the_arbiters_own_topics_is_served_and_its_operator_told() {
    let rules = |dir: &Path| {
        let topics = ["session_state/#", "session_discovery/#", "+/session_state", "+/session_seed_sync"];
        let rules: String = topics.iter().map(|topic| format!("topic readwrite {topic}\n")).collect();
        std::fs::write(dir.join("rules"), rules).unwrap();
        run(dir, "chmod", &["-R", "a+rX", "."]);
    };
    let broker = Mosquitto::with("allow_anonymous true\nacl_file DIR/rules", rules);
    let host = Host::on(&broker.url()).await;
    host.connected().await;
    let status = host.lobby.status().broker;
    assert!(status.error.is_some(), "{status:?}");
    assert!(status.hint.unwrap().contains("regie_arbiter/#"));
    let mut ada = Peer::connect(broker.port, "ada").await;
    ada.subscribe("+/session_state").await;
    ada.write(Form::Prefix, &session("s1", &["ada"], 1)).await;
    ada.state("s1", Form::Suffix, "its copy", |doc| doc.arbitrated.is_some()).await;
    host.stop().await;
}

/// Passes on what comes, unless it is MQTT 5, which it refuses as the protocol says.
async fn refuse_mqtt_5(to: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut first = [0; 256];
                let read = client.read(&mut first).await.unwrap();
                let name = first.windows(4).position(|part| part == b"MQTT").unwrap();
                if first[name + 4] == 5 {
                    client.write_all(&[0x20, 3, 0, 0x84, 0]).await.unwrap();
                    return;
                }
                let mut broker = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                broker.write_all(&first[..read]).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut broker).await;
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_refuses_mqtt_5_is_spoken_to_in_3_1_1() {
    let broker = Mosquitto::start();
    let port = refuse_mqtt_5(broker.port).await;
    let host = Host::with(external(&format!("mqtt://127.0.0.1:{port}"))).await;
    host.connected().await;
    assert_eq!(host.lobby.status().broker.protocol, Some("3.1.1"));
    host.stop().await;
}
