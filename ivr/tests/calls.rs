//! Flows as conversations: what the caller does, and every single thing that follows.

mod common;

use common::{Call, Town, compile, demo, number};
use contract::{Candidate, ContactPointId, CustomerId, EndCause, MatchReason, QueueId};
use ivr::{Act, Input, QueueReturn};

#[test]
fn a_caller_chooses_english_and_repair_and_is_queued_in_english() {
    let mut call = Call::new(demo("main"));
    assert_eq!(call.starts(), ["-- main v3", "-- at language", "hears welcome language en:welcome en:language"]);
    let chosen = ["quiet", "-- language: 2 English", "-- at notice", "hears en:recording-notice"];
    assert_eq!(call.presses("2"), chosen);
    assert_eq!(call.listens(), ["-- at main-menu", "hears en:main-menu en:repeat"]);
    let queued = ["quiet", "-- main-menu: 3 报修 Repair", "-- at support-en", "hears en:please-wait"];
    assert_eq!(call.presses("3"), queued);
    assert_eq!(call.presses("9"), [""; 0], "keys do not cut off the words before a queue");
    assert_eq!(call.listens(), ["-- ended Queued", "queued in support-en"]);
    assert_eq!(call.session.deadline(), None);
}

#[test]
fn who_knows_the_way_types_it_at_once_and_hears_no_menu() {
    let mut call = Call::new(demo("main"));
    call.starts();
    assert_eq!(call.presses("1"), ["quiet", "-- language: 1 中文", "-- at notice", "hears recording-notice"]);
    // 4 stops the notice and chooses; 12345678# is typed into the order number while its prompt begins.
    let typed = call.presses("412345678#");
    let expected = [
        "quiet", "-- at main-menu", "-- main-menu: 4 订单查询 Order status", "-- at order", "hears enter-order", "quiet",
        "-- order: 12345678 订单编号 Order number", "-- at support-zh", "hears please-wait",
    ];
    assert_eq!(typed, expected);
}

#[test]
fn keys_pressed_before_the_answer_are_kept() {
    let mut call = Call::new(demo("main"));
    assert_eq!(call.presses("20"), [""; 0]);
    let expected = [
        "-- main v3", "-- at language", "-- language: 2 English", "-- at notice", "-- at main-menu",
        "-- main-menu: 0 人工服务 Agent", "-- at support-en", "hears en:please-wait",
    ];
    assert_eq!(call.starts(), expected);
}

#[test]
fn silence_and_wrong_keys_are_answered_and_asked_again_until_no_try_is_left() {
    let mut call = Call::new(demo("main"));
    call.starts();
    call.presses("1");
    call.listens();
    assert_eq!(call.listens(), [""; 0], "the menu is said; the caller thinks");
    assert_eq!(call.session.deadline(), Some(call.now + 5_000));
    assert_eq!(call.waits(), ["hears no-input main-menu repeat"]);
    assert_eq!(call.presses("9"), ["quiet", "hears invalid main-menu repeat"]);
    assert_eq!(call.presses("*"), ["quiet", "hears main-menu repeat"], "hearing it again is no try");
    assert_eq!(call.presses("#"), ["quiet", "-- at sorry", "hears too-many"]);
    assert_eq!(call.listens(), ["-- ended HungUp", "hung up: SelfService"]);
    assert!(call.session.is_over());
}

#[test]
fn who_does_not_choose_a_language_gets_the_companys() {
    let mut call = Call::new(demo("main"));
    call.starts();
    call.listens();
    assert_eq!(call.waits(), ["hears welcome language en:welcome en:language"]);
    call.listens();
    assert_eq!(call.waits(), ["-- at notice", "hears recording-notice"]);
}

#[test]
fn a_blocked_caller_is_turned_away() {
    let mut town = Town::with_demo();
    town.lists.insert("block", [number("+8613800138000")].into());
    let mut call = Call::from("+8613800138000", demo("main"), town);
    assert_eq!(call.starts(), ["-- main v3", "-- at blocked", "hears blocked"]);
    assert_eq!(call.listens(), ["-- ended HungUp", "hung up: Refused"]);
}

#[test]
fn a_vip_on_the_list_is_queued_first_and_falls_back_to_the_usual_agents() {
    let mut town = Town::with_demo();
    town.lists.insert("vip", [number("+8613900139000")].into());
    let mut call = Call::from("+8613900139000", demo("main"), town);
    call.starts();
    call.presses("1");
    assert_eq!(call.listens(), ["-- at vip", "hears vip-welcome"]);
    assert_eq!(call.listens(), ["-- ended Queued", "queued in vip vip priority 5"]);
    let back = call.does(Input::QueueReturned(QueueReturn::MaxWait));
    assert_eq!(back, ["-- main v3", "-- at support-zh", "hears please-wait"]);
    assert_eq!(call.listens(), ["-- ended Queued", "queued in support-zh vip"]);
}

#[test]
fn a_vip_known_to_the_customer_store_counts_as_soon_as_the_answer_is_there() {
    let mut call = Call::new(demo("main"));
    call.starts();
    let point = ContactPointId(3);
    let reason = MatchReason::Exact;
    let known = Candidate { customer: CustomerId(1), contact: None, point, reason, confidence: 100, vip: true };
    assert_eq!(call.does(Input::Identified(vec![known])), [""; 0]);
    call.presses("1");
    assert_eq!(call.listens(), ["-- at vip", "hears vip-welcome"]);
}

#[test]
fn a_full_queue_leads_to_a_message_and_a_good_bye() {
    let mut call = Call::new(demo("main"));
    call.presses("21");
    call.starts();
    call.listens();
    let message = ["-- main v3", "-- at message-en", "hears en:all-busy en:leave-message"];
    assert_eq!(call.does(Input::QueueReturned(QueueReturn::Full)), message);
    assert_eq!(call.listens(), ["records for support-en, at most 120 s"]);
    assert_eq!(call.presses("5#"), [""; 0]);
    assert_eq!(call.does(Input::Recorded { saved: true }), ["hears en:message-saved"]);
    assert_eq!(call.listens(), ["-- at goodbye", "hears en:goodbye"]);
    assert_eq!(call.listens(), ["-- ended HungUp", "hung up: SelfService"]);
}

#[test]
fn an_empty_message_is_not_thanked_for() {
    let mut call = Call::new(demo("after-hours"));
    assert_eq!(call.starts(), ["-- after-hours v3", "-- at closed", "hears closed"]);
    assert_eq!(call.listens(), ["-- at message-zh", "hears leave-message"]);
    assert_eq!(call.listens(), ["records for support-zh, at most 120 s"]);
    assert_eq!(call.does(Input::Recorded { saved: false }), ["-- at goodbye", "hears goodbye"]);
}

#[test]
fn a_message_of_which_no_word_comes_back_still_ends() {
    let mut call = Call::new(demo("after-hours"));
    call.starts();
    call.listens();
    call.listens();
    assert_eq!(call.session.deadline(), Some(call.now + 150_000));
    let lines = call.waits();
    assert_eq!(lines, ["trouble: no word came of the end of a message", "-- at goodbye", "hears goodbye"]);
}

#[test]
fn on_a_holiday_the_main_line_goes_on_in_the_after_hours_flow_in_the_chosen_language() {
    let mut call = Call::new(demo("main"));
    // 2027-02-08, 10:00 in Shanghai: the Spring Festival.
    call.now = common::MONDAY_TEN + 77 * 86_400_000;
    call.starts();
    let closed = ["quiet", "-- language: 2 English", "-- at after-hours/closed", "hears en:closed"];
    assert_eq!(call.presses("2"), closed);
    assert_eq!(call.listens(), ["-- at after-hours/message-en", "hears en:leave-message"]);
}

#[test]
fn the_queues_own_rule_may_ask_for_a_message_at_any_time() {
    let mut call = Call::new(demo("direct"));
    assert_eq!(call.starts(), ["-- direct v3", "-- at support", "-- ended Queued", "queued in support-zh"]);
    let asked = call.does(Input::TakeMessage { queue: QueueId(1) });
    assert_eq!(asked, ["-- direct v3", "-- at voicemail", "hears leave-message"]);
    assert_eq!(call.listens(), ["records for support-zh, at most 120 s"]);
    assert_eq!(call.does(Input::Recorded { saved: true }), ["hears message-saved"]);
    assert_eq!(call.listens(), ["-- ended Voicemail", "hung up: Voicemail"]);
}

#[test]
fn who_hangs_up_in_the_flow_ends_it_and_who_hangs_up_in_the_queue_does_not_end_it_twice() {
    let mut call = Call::new(demo("main"));
    call.starts();
    assert_eq!(call.does(Input::CallerLeft), ["-- ended CallerLeft"]);
    assert!(call.session.is_over());
    let mut call = Call::new(demo("direct"));
    call.starts();
    assert_eq!(call.does(Input::CallerLeft), [""; 0]);
    assert!(call.session.is_over());
}

const COLLECT: &str = r#"
language: en
start: pin
variables: { pin: "", tries: 0 }
nodes:
  pin:
    kind: collect
    prompts: [enter-order]
    into: pin
    min: 4
    max: 6
    sensitive: true
    check: size(pin) == 6 && pin != "000000"
    digit_ms: 3000
    next: read-back
    failed: bye
  read-back:
    kind: play
    prompts: [{ say: digits, value: pin }]
    barge_in: false
    next: again
  again:
    kind: menu
    prompts: [main-menu]
    choices: { "1": { label: again, next: pin } }
    type_ahead: false
    failed: bye
  bye: { kind: hangup }
"#;

#[test]
fn sensitive_digits_are_masked_and_the_pound_after_a_full_input_is_not_meant_for_the_next_node() {
    let mut call = Call::inline(COLLECT);
    assert_eq!(call.starts(), ["-- test v3", "-- at pin", "hears en:enter-order"]);
    let said = "hears en:digit-1 en:digit-2 en:digit-3 en:digit-4 en:digit-5 en:digit-6";
    assert_eq!(call.presses("123456"), ["quiet", "-- pin: •••••• -", "-- at read-back", said]);
    assert_eq!(call.presses("#"), [""; 0], "dropped");
    assert_eq!(call.presses("1"), [""; 0], "kept, but the menu takes no type-ahead");
    assert_eq!(call.listens(), ["-- at again", "hears en:main-menu"]);
    assert!(!format!("{:?}", call.session).contains("123456"), "a log shows no digits");
}

#[test]
fn digits_that_are_too_few_or_fail_the_check_are_asked_for_again() {
    let mut call = Call::inline(COLLECT);
    call.starts();
    assert_eq!(call.presses("123#"), ["quiet", "hears en:invalid en:enter-order"]);
    assert_eq!(call.presses("000000"), ["quiet", "hears en:invalid en:enter-order"]);
    assert_eq!(call.presses("12345"), ["quiet"]);
    assert_eq!(call.session.deadline(), Some(call.now + 3_000), "time between two digits");
    assert_eq!(call.waits(), ["-- at bye", "-- ended HungUp", "hung up: SelfService"]);
}

#[test]
fn star_begins_a_number_again() {
    let mut call = Call::inline(COLLECT);
    call.starts();
    let lines = call.presses("9999*123456");
    assert!(lines.iter().any(|line| line.starts_with("hears en:digit-1 en:digit-2")), "{lines:?}");
}

const SPOKEN: &str = r#"
language: keep
start: add
variables: { count: 41, name: "张三", ok: true }
nodes:
  add:
    kind: set
    values: { count: count + 1, name: 'name + "!"', ok: "!ok || count > 100" }
    next: say
  say:
    kind: play
    prompts:
      - { say: number, value: count }
      - { say: amount, value: '"12.50"' }
      - { text: { zh-CN: 请稍候, en: Please hold } }
      - { say: time, value: now.time }
    next: call
  call:
    kind: transfer
    prompts: [transferring]
    number: "02112345678"
    ring_ms: 20000
    failed: agent
  agent:
    kind: transfer
    agent: 李薇
    failed: queue
  queue:
    kind: queue
    queue: vip
"#;

#[test]
fn values_are_read_out_and_transfers_that_fail_come_back() {
    let mut call = Call::inline(SPOKEN);
    let said = "hears digit-4 ten digit-2 ten digit-2 point digit-5 yuan “请稍候” ten point";
    assert_eq!(call.starts(), ["-- test v3", "-- at say", said]);
    assert_eq!(call.listens(), ["-- at call", "hears transferring"]);
    assert_eq!(call.listens(), ["-- ended Transferred", "transferred to 02112345678"]);
    let failed = ["-- test v3", "-- at agent", "-- ended Transferred", "transferred to agent 7"];
    assert_eq!(call.does(Input::TransferFailed(EndCause::Busy)), failed);
    let failed = ["-- test v3", "-- at queue", "-- ended Queued", "queued in vip"];
    assert_eq!(call.does(Input::TransferFailed(EndCause::NoAnswer)), failed);
}

const BROKEN: &str = r#"
start: sum
variables: { count: 0, text: "abc" }
fallback: { queue: support-zh }
nodes:
  sum: { kind: set, values: { count: 10 / count }, next: out }
  out: { kind: hangup }
"#;

#[test]
fn what_cannot_be_worked_out_is_said_and_goes_where_the_fallback_says() {
    let mut call = Call::inline(BROKEN);
    assert_eq!(call.starts(), ["-- test v3", "trouble: division by zero", "hears technical"]);
    assert_eq!(call.cannot_play(), ["trouble: a prompt could not be played", "-- ended Queued", "queued in support-zh"]);
    // The same without a queue.
    let mut call = Call::inline(&BROKEN.replace("fallback: { queue: support-zh }", ""));
    call.starts();
    assert_eq!(call.listens(), ["-- ended Failed", "hung up: Failed"]);
}

#[test]
fn a_menu_that_cannot_be_heard_is_a_fault_and_a_notice_that_cannot_be_heard_is_passed_over() {
    let mut call = Call::new(demo("main"));
    call.starts();
    call.presses("1");
    let passed = ["trouble: a prompt could not be played", "-- at main-menu", "hears main-menu repeat"];
    assert_eq!(call.cannot_play(), passed);
    assert_eq!(call.cannot_play(), ["trouble: the question could not be played", "hears technical"]);
}

#[test]
fn a_flow_it_should_go_on_in_may_be_gone_by_then() {
    let mut call = Call::new(demo("main"));
    call.now = common::MONDAY_TEN + 77 * 86_400_000;
    call.town.flows.clear();
    call.starts();
    let lines = call.presses("1");
    assert_eq!(lines[2..], ["trouble: the flow cannot go on in flow after-hours", "hears technical"]);
    assert_eq!(call.listens(), ["-- ended Failed", "hung up: Failed"]);
}

#[test]
fn nobody_stays_in_a_flow_for_ever() {
    let yaml = r#"
max_ms: 60000
start: menu
nodes:
  menu:
    kind: menu
    prompts: [main-menu]
    choices: { "1": { label: out, next: out } }
    repeat: "*"
    failed: out
  out: { kind: hangup }
"#;
    let mut call = Call::new(compile("test", yaml));
    call.starts();
    for _ in 0..12 {
        call.now += 5_000;
        if call.session.deadline().is_some_and(|at| at <= call.now) {
            break;
        }
        assert_eq!(call.presses("*"), ["quiet", "hears main-menu"]);
    }
    let over = call.does(Input::Deadline);
    assert_eq!(over, ["quiet", "trouble: the caller stayed too long in the flow", "hears technical"]);
    assert_eq!(call.listens(), ["-- ended Failed", "hung up: Failed"]);
}

#[test]
fn conditions_see_queues_and_lists() {
    let yaml = r#"
start: which
nodes:
  which:
    kind: branch
    cases:
      - { when: 'queue("support-zh").waiting >= 3 && queue("support-zh").agents_ready == 0', next: busy }
      - { when: 'caller.country in ["US", "CA"] || listed("vip", "+8613900139000")', next: vip }
    otherwise: usual
  busy: { kind: hangup, prompts: [all-busy] }
  vip: { kind: queue, queue: vip }
  usual: { kind: queue, queue: support-zh }
"#;
    let last = |town: Town| {
        let mut call = Call::from("", compile("test", yaml), town);
        call.acts(Input::Started).into_iter().last()
    };
    let mut town = Town::default();
    assert!(matches!(last(Town::default()), Some(Act::Queue(exit)) if exit.queue == QueueId(1)));
    town.lists.insert("vip", [number("+8613900139000")].into());
    assert!(matches!(last(town), Some(Act::Queue(exit)) if exit.queue == QueueId(5)));
    let mut town = Town::default();
    town.queues.insert(QueueId(1), ivr::QueueState { waiting: 3, ..Default::default() });
    assert!(matches!(last(town), Some(Act::Play { .. })));
}
