//! The line between an agent and those who supervise.

mod common;

use common::{Client, Served, config};
use contract::DeskBody;
use serde_json::json;

async fn id_of(client: &Client) -> String {
    client.get("/session").await.json()["agent"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_an_agent_writes_reaches_the_open_desk_of_the_supervisor_and_is_unread_until_seen() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let (agent, chief) = (house.as_("wangfang").await, house.as_("linyue").await);
    let (mine, theirs) = (id_of(&agent).await, id_of(&chief).await);
    let mut line = chief.line(0).await;
    let answer = agent.post(&format!("/messages/{mine}"), json!({"text": " 客户要找主管 \r\n第二行"})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let heard = line.until(|body| matches!(body, DeskBody::Said { .. })).await;
    let DeskBody::Said { agent: of, words } = &heard.last().unwrap().body else { unreachable!() };
    assert_eq!((of.to_string(), words.text.as_str(), words.author_name.as_str()), (mine.clone(), "客户要找主管 \n第二行", "王芳"));

    let lines = chief.get("/messages").await.json();
    assert_eq!((lines[0]["agentName"].as_str(), lines[0]["unread"].as_u64()), (Some("王芳"), Some(1)));
    assert_eq!(agent.get("/messages").await.json()[0]["unread"].as_u64(), Some(0), "one's own is seen");
    let id = words.id.to_string();
    assert_eq!(chief.put(&format!("/messages/{mine}/seen"), json!({"upTo": id})).await.status, 204);
    assert_eq!(chief.get("/messages").await.json()[0]["unread"].as_u64(), Some(0));

    assert_eq!(chief.post(&format!("/messages/{mine}"), json!({"text": "马上来"})).await.status, 201);
    let all = agent.get(&format!("/messages/{mine}?limit=1")).await.json();
    assert_eq!((all["items"][0]["text"].as_str(), all["items"][0]["author"].as_str()), (Some("马上来"), Some(theirs.as_str())));
    let next = all["next"].as_str().unwrap();
    let before = agent.get(&format!("/messages/{mine}?limit=1&cursor={next}")).await.json();
    assert_eq!((before["items"][0]["id"].as_str(), before["next"].as_str()), (Some(id.as_str()), None));
    house.stop().await;
}

#[tokio::test]
async fn nobody_else_reads_or_writes_on_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let (agent, other, chief) = (house.as_("wangfang").await, house.as_("emma").await, house.as_("linyue").await);
    let (mine, emmas) = (id_of(&agent).await, id_of(&other).await);
    agent.post(&format!("/messages/{mine}"), json!({"text": "hello"})).await;
    let mut line = other.line(0).await;
    // A colleague of another team, the supervisor of one's own, and somebody who does not exist.
    for (who, whose, status) in [(&other, &mine, 403), (&chief, &emmas, 403), (&chief, &"7".to_owned(), 404)] {
        assert_eq!(who.get(&format!("/messages/{whose}")).await.status, status);
        assert_eq!(who.post(&format!("/messages/{whose}"), json!({"text": "hello"})).await.status, status);
        assert_eq!(who.put(&format!("/messages/{whose}/seen"), json!({"upTo": "1"})).await.status, status);
    }
    assert_eq!(other.get("/messages").await.json().as_array().unwrap().len(), 0);
    assert_eq!(other.post(&format!("/messages/{emmas}"), json!({"text": "mine"})).await.status, 201);
    let heard = line.until(|body| matches!(body, DeskBody::Said { .. })).await;
    let said = |body: &DeskBody| matches!(body, DeskBody::Said { words, .. } if words.text != "mine");
    assert!(!heard.iter().any(|message| said(&message.body)), "others' lines are not heard");
    house.stop().await;
}

#[tokio::test]
async fn a_text_that_cannot_be_says_why_and_a_flood_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let house = Served::start(config(folder.path())).await;
    let agent = house.as_("wangfang").await;
    let path = format!("/messages/{}", id_of(&agent).await);
    for (text, rule) in [("  ".to_owned(), "required"), ("x".repeat(1_001), "range"), ("a\u{7}b".to_owned(), "format")] {
        let answer = agent.post(&path, json!({ "text": text })).await;
        assert_eq!((answer.status, answer.json()["errors"][0]["rule"].as_str()), (422, Some(rule)));
    }
    for n in 0..30 {
        assert_eq!(agent.post(&path, json!({ "text": format!("{n}") })).await.status, 201);
    }
    let stopped = agent.post(&path, json!({"text": "one more"})).await;
    assert_eq!((stopped.status, stopped.header("retry-after").is_some()), (429, true));
    let all = agent.get(&format!("{path}?limit=200")).await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), 30);
    house.stop().await;
}
