//! The matrix: every route of calls, customers and recordings, and each role.

use serde_json::json;

use crate::house::TestHouse;

/// Agent, supervisor, QA, administrator: may they come as far as the handler?
const MATRIX: &[(&str, &str, [bool; 4])] = &[
    ("GET", "/filters", [true, true, true, true]),
    ("GET", "/interactions", [true, true, true, true]),
    ("GET", "/interactions/5", [true, true, true, true]),
    ("PUT", "/interactions/5/disposition", [true, true, false, true]),
    ("PUT", "/interactions/5/customer", [true, true, false, true]),
    ("PUT", "/interactions/5/draft", [true, true, false, true]),
    ("GET", "/drafts", [true, true, false, true]),
    ("GET", "/customers", [true, true, true, true]),
    ("POST", "/customers", [true, true, false, true]),
    ("GET", "/customers/5", [true, true, true, true]),
    ("PUT", "/customers/5", [true, true, false, true]),
    ("GET", "/customers/5/timeline", [true, true, true, true]),
    ("POST", "/customers/5/points", [true, true, false, true]),
    ("DELETE", "/customers/5/points/6", [true, true, false, true]),
    ("POST", "/customers/5/contacts", [true, true, false, true]),
    ("PUT", "/customers/5/contacts/6", [true, true, false, true]),
    ("DELETE", "/customers/5/contacts/6", [true, true, false, true]),
    ("GET", "/recordings", [true, true, true, true]),
    ("DELETE", "/recordings/5", [false, false, false, true]),
    ("GET", "/recordings/5/audio", [true, true, true, true]),
    ("GET", "/recordings/5/peaks", [true, true, true, true]),
    ("PUT", "/calls/5/supervision", [false, true, false, true]),
    ("DELETE", "/calls/5/supervision", [false, true, false, true]),
    ("POST", "/calls/5/move", [false, true, false, true]),
    ("POST", "/calls/5/raise", [false, true, false, true]),
];

#[tokio::test]
async fn each_role_reaches_what_the_table_says_and_strangers_nothing() {
    let house = TestHouse::open().await;
    let roles = ["wangfang", "linyue", "zhaoqi", "admin"];
    for (n, username) in roles.into_iter().enumerate() {
        let person = house.person(username).await;
        for (method, path, may) in MATRIX {
            let body = (*method != "GET").then(|| json!({}));
            let status = person.ask(method, path, &[], body).await.status.as_u16();
            // What is let through finds nothing there, or an empty body wanting.
            let let_through = [200, 404, 422].contains(&status);
            assert_eq!((let_through, status == 403), (may[n], !may[n]), "{username} {method} {path}: {status}");
        }
    }
    for (method, path, _) in MATRIX {
        let body = (*method != "GET").then(|| json!({}));
        assert_eq!(house.ask(method, path, &[], body).await.status, 401, "{method} {path}");
    }
    house.close().await;
}
