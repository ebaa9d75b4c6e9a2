//! The program, as a shell sees it.

mod keys;
mod tls;

use bytes::Bytes;
use fake_factory::net::Network;
use fake_factory::net::client::{CallError, Client};
use http::Request;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;
use tokio::time::Instant;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-factory"));
    command
        .args(arguments)
        .env("RUST_LOG", "off")
        .env(CONTROL_BIND.0, CONTROL_BIND.1);
    command
}

/// Where the control listens: the default port is one, and the tests are many.
const CONTROL_BIND: (&str, &str) = ("FAKE_FACTORY_CONTROL_BIND", "127.0.0.1:0");

/// A running program. It is killed when the test is over.
pub(crate) struct Program {
    child: Child,
    out: BufReader<ChildStdout>,
    hello: Value,
}

impl Program {
    /// Starts it on a free port, with a key that is made quickly, and waits until it listens.
    pub(crate) fn start(arguments: &[&str]) -> Program {
        Program::launch(&[&["--algorithm", "EdDSA"], arguments].concat())
    }

    /// Starts it on a free port, and waits until it listens.
    fn launch(arguments: &[&str]) -> Program {
        Program::spawn(command(&[]), arguments)
    }

    /// [`Program::start`], by a command that takes its arguments.
    pub(crate) fn start_with(command: Command, arguments: &[&str]) -> Program {
        Program::spawn(command, &[&["--algorithm", "EdDSA"], arguments].concat())
    }

    fn spawn(mut command: Command, arguments: &[&str]) -> Program {
        let mut child = command
            .args(["--bind", "127.0.0.1:0", "--log-format", "json"])
            .args(arguments)
            .env("RUST_LOG", "off")
            .env(CONTROL_BIND.0, CONTROL_BIND.1)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut program = Program {
            child,
            out,
            hello: Value::Null,
        };
        // What starts with the program is told before it listens.
        while program.hello["event"] != "listening" {
            program.hello = program.line();
        }
        program
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("a line of JSON")
    }

    pub(crate) fn url(&self) -> String {
        self.hello["url"].as_str().expect("a URL").to_owned()
    }

    /// The key of its first vendor.
    pub(crate) fn key(&self) -> &str {
        self.hello["vendors"][0]["key"].as_str().expect("a key")
    }

    async fn order(&self) -> (u16, Value) {
        self.send(&json!({ "diner": { "id": 1 }, "order": { "items": [{ "menuId": 1 }] } }))
            .await
    }

    /// Sends an order.
    async fn send(&self, body: &Value) -> (u16, Value) {
        let reply = order(&self.url(), self.key(), body).await;
        reply.expect("a reply")
    }

    /// Sends SIGKILL, which gives it no time for anything.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("runs");
        self.child.wait().expect("ends");
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(killed.expect("kill runs").success());
        self.child.wait().expect("ends").code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Orders by a connection of its own.
pub(crate) async fn order(url: &str, key: &str, order: &Value) -> Result<(u16, Value), CallError> {
    let request = Request::post(format!("{url}/api/order"))
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json")
        .body(Bytes::from(order.to_string()))
        .expect("a request");
    call(request).await
}

pub(crate) async fn call(request: Request<Bytes>) -> Result<(u16, Value), CallError> {
    let deadline = Some(Duration::from_secs(5));
    let reply = Client::new(Network::Tcp).call(request, deadline).await?;
    let body = serde_json::from_slice(reply.body()).unwrap_or(Value::Null);
    Ok((reply.status().as_u16(), body))
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("runs")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A file of its own for each test.
fn file(name: &str, text: impl AsRef<[u8]>) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a file");
    path.to_string_lossy().into_owned()
}

/// A scenario file of its own for each test.
fn scenario(name: &str, text: &str) -> PathBuf {
    PathBuf::from(file(&format!("{name}.yaml"), text))
}

/// These arguments are wrong input, and the message says so in each of these ways.
#[track_caller]
fn refused(arguments: &[&str], expected: &[&str]) {
    let output = run(arguments);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
    for text in expected {
        assert!(told.contains(text), "{arguments:?}: {told}");
    }
}

#[tokio::test]
async fn it_serves_orders_and_ends_politely() {
    let program = Program::start(&[]);
    let (status, body) = program.order().await;
    assert_eq!(status, 200);
    assert!(body["jwt"].is_string());
    assert_eq!(program.terminate(), Some(0));
}

#[tokio::test]
async fn it_says_where_it_listens_and_can_be_idempotent() {
    let program = Program::start(&["--idempotent"]);
    let address = program.hello["address"].as_str().expect("an address");
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert_eq!(program.hello["url"], format!("http://{address}"));
    let order = |items: Value| json!({ "diner": {}, "order": { "id": 1, "items": items } });
    let first = program.send(&order(json!([1]))).await;
    assert_eq!(first.0, 200);
    // The pizza that was made for this id, whatever comes under it now.
    assert_eq!(program.send(&order(json!([2]))).await, first);
}

#[test]
fn it_prints_a_curl_line_that_works() {
    let mut program = command(&["--bind", "127.0.0.1:0", "--vendor", "pizza=abc-123"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let out = BufReader::new(program.stdout.take().expect("a pipe"));
    let lines: Vec<String> = out.lines().map_while(Result::ok).take(6).collect();
    let curl = lines
        .iter()
        .find(|line| line.starts_with("curl "))
        .expect("a curl line");
    assert!(
        lines.contains(&"vendor pizza has the key abc-123".to_owned()),
        "{lines:?}"
    );
    let ordered = Command::new("sh")
        .args(["-c", &format!("{curl} -sS")])
        .output();
    program.kill().expect("runs");
    program.wait().expect("ends");
    let ordered = ordered.expect("a shell");
    // 127: this machine has no curl.
    if ordered.status.code() != Some(127) {
        let body: Value = serde_json::from_slice(&ordered.stdout).expect("JSON");
        assert!(body["jwt"].is_string(), "{body}");
    }
}

#[tokio::test]
async fn it_follows_the_faults_of_a_scenario() {
    let path = scenario(
        "follows",
        "starts_at: 2024-08-08T09:50:00-06:00\nduration: nonsense that is the runner's\nfactories:\n  \
         headquarters: { faults: [{ name: bug, ends: { after: 600ms }, inject: { status: { code: 500, message: no } } }] }\n",
    );
    let started = Instant::now();
    let mut program = Program::start(&["--scenario", &path.to_string_lossy()]);
    assert_eq!(program.order().await, (500, json!({ "message": "no" })));
    let ending = program.line();
    assert_eq!(
        (&ending["event"], &ending["by"]),
        (&json!("fault_end_triggered"), &json!("schedule"))
    );
    let ended = json!({ "event": "fault_ended", "fault": "bug", "at": 0.6 });
    assert_eq!(program.line(), ended);
    assert!(started.elapsed() >= Duration::from_millis(600));
    assert_eq!(program.order().await.0, 200);
}

#[test]
fn a_reader_that_goes_away_does_not_stop_it() {
    let mut program = Program::start(&[]);
    let mut gone = Command::new("true")
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let pipe = gone.stdout.take().expect("a pipe");
    program.out = BufReader::new(pipe);
    gone.wait().expect("ends");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (status, _) = runtime.expect("a runtime").block_on(program.order());
    assert_eq!(status, 200);
    assert_eq!(program.terminate(), Some(0));
}

#[test]
fn wrong_input_is_exit_code_2_with_its_place() {
    let two = scenario(
        "two",
        "starts_at: 2024-08-08T09:50:00Z\nfactories: { one: {}, other: {} }\n",
    );
    let wrong = scenario(
        "wrong",
        "starts_at: 2024-08-08T09:50:00Z\nfactories:\n  hq:\n    faults:\n      - name: a\n        inject: { outage: refuse }\n      \
         - name: b\n        inject: { status: { code: 99 } }\n        requests: 130%\n",
    );
    let (two, wrong) = (
        two.to_string_lossy().into_owned(),
        wrong.to_string_lossy().into_owned(),
    );
    let rules = scenario("rules", "groups: []\n");
    let rules = rules.to_string_lossy().into_owned();
    let cases: [(&[&str], &[&str]); 13] = [
        (&["--bind", "4000"], &["HOST:PORT"]),
        (&["--control-bind", "4001"], &["HOST:PORT", "or `none`"]),
        (
            &["--bind", "127.0.0.1:0", "--control-bind", "0.0.0.0:0"],
            &["there is no token", "--control-token"],
        ),
        (
            &[
                "--bind",
                "127.0.0.1:0",
                "--control-bind",
                "0.0.0.0:0",
                "--control-token",
                "short",
            ],
            &["fewer than 16 characters"],
        ),
        (
            &["--bind", "127.0.0.1:0", "--control-token", ""],
            &["it is empty"],
        ),
        (&["--vendor", "student"], &["ID=KEY"]),
        (
            &["--bind", "127.0.0.1:0", "--vendor", "a=k,A=l"],
            &["Vendor already exists"],
        ),
        (&["--order-delay", "32"], &["needs a unit"]),
        (&["--factory", "one"], &["--scenario"]),
        (&["--scenario", "/nowhere.yaml"], &["/nowhere.yaml"]),
        (
            &["--scenario", &rules],
            &["rules.yaml", "this is no scenario", "\n1 error\n"],
        ),
        (
            &["--scenario", &two],
            &["several factories", "--factory: one, other"],
        ),
        (
            &["--scenario", &two, "--factory", "othr"],
            &["no factory `othr`", "did you mean `other`?"],
        ),
    ];
    for (arguments, expected) in cases {
        refused(arguments, expected);
    }
    refused(
        &["--scenario", &wrong],
        &[
            "wrong.yaml:6:27",
            "did you mean `refused`?",
            "wrong.yaml:9:19",
        ],
    );
}

#[test]
fn a_wrong_value_says_what_is_expected_and_of_which_variable_it_is() {
    for (arguments, told) in [
        (
            ["--seed", "-1"],
            "expected a whole number from 0 to 18446744073709551615",
        ),
        (
            ["--seed", ""],
            "expected a whole number from 0 to 18446744073709551615",
        ),
        (
            ["--bind", "300.1.1.1:80"],
            "300.1.1.1 is no IP address; expected HOST:PORT",
        ),
        (
            ["--bind", "http://localhost:80"],
            "expected HOST:PORT without `http://`, as in 127.0.0.1:4000",
        ),
        (
            ["--idempotent=perhaps", "--seed=1"],
            "expected `true` or `false`",
        ),
    ] {
        refused(&arguments, &[told]);
    }
    for (variable, value) in [
        ("FAKE_FACTORY_SEED", "x"),
        ("FAKE_FACTORY_VENDOR", "a=b,wrong"),
        ("FAKE_FACTORY_IDEMPOTENT", "perhaps"),
    ] {
        let output = command(&[]).env(variable, value).output().expect("starts");
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        let note = format!("note: this is the value of the variable {variable}\n");
        assert!(told.ends_with(&note), "{told}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn help_that_cannot_be_written_is_said_by_the_exit_code() {
    let full = std::fs::File::create("/dev/full").expect("Linux has it");
    let status = command(&["--help"]).stdout(full).status().expect("starts");
    assert_eq!(status.code(), Some(3));
}

#[test]
fn a_port_in_use_is_exit_code_3() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = run(&["--bind", &address]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("in use"), "{}", stderr(&output));
}

#[test]
fn a_control_port_in_use_is_exit_code_3() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = run(&["--bind", "127.0.0.1:0", "--control-bind", &address]);
    assert_eq!(output.status.code(), Some(3));
    for text in ["in use", "--control-bind", "`none`"] {
        assert!(stderr(&output).contains(text), "{}", stderr(&output));
    }
}

#[test]
fn a_token_is_shown_to_nobody() {
    let token = "correct horse battery staple";
    let mut refused = command(&["--bind", "127.0.0.1:0"]);
    let refused = refused.env("FAKE_FACTORY_CONTROL_TOKEN", token).output();
    let refused = refused.expect("runs");
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        stderr(&refused).contains("other characters"),
        "{}",
        stderr(&refused)
    );
    let mut help = command(&["--help"]);
    let help = help.env("FAKE_FACTORY_CONTROL_TOKEN", token).output();
    let shown = String::from_utf8_lossy(&help.expect("runs").stdout).into_owned();
    assert!(shown.contains("FAKE_FACTORY_CONTROL_TOKEN"), "{shown}");
    for text in [shown, stderr(&refused)] {
        assert!(!text.contains("horse"), "{text}");
    }
}

#[tokio::test]
async fn it_says_where_it_is_controlled() {
    let program = Program::start(&[]);
    let control = program.hello["control"].as_str().expect("a URL");
    let state = format!("{control}/control/state").parse().expect("a URL");
    let client = Client::new(Network::Tcp);
    let reply = client.get(&state, Some(Duration::from_secs(5))).await;
    let reply = reply.expect("a reply");
    let state: Value = serde_json::from_slice(reply.body()).expect("JSON");
    assert_eq!(state["url"], program.hello["url"]);
    let without = Program::start(&["--control-bind", "none"]);
    assert_eq!(without.hello["control"], Value::Null);
}

#[test]
fn every_flag_is_an_environment_variable() {
    let mut child = command(&[])
        .env("FAKE_FACTORY_BIND", "127.0.0.1:0")
        .env("FAKE_FACTORY_VENDOR", "a=first,b=second")
        .env("FAKE_FACTORY_ADMIN", "root=third")
        .env("FAKE_FACTORY_LOG_FORMAT", "json")
        .env("FAKE_FACTORY_ALGORITHM", "eddsa")
        .env("FAKE_FACTORY_IDEMPOTENT", "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    child.kill().expect("runs");
    child.wait().expect("ends");
    out.read_to_string(&mut String::new()).expect("the rest");
    let hello: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(hello["vendors"][1], json!({ "id": "b", "key": "second" }));
    assert_eq!(hello["admins"], json!([{ "id": "root", "key": "third" }]));
}
