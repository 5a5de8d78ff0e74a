//! Customers that look like customers, for the demo company and for benches: Chinese and English names, numbers of six
//! plans, the same for the same seed. Numbers are made, nobody's; a demo never dials them.

use crate::bulk::SimpleRow;
use crate::customers::{CustomerFields, CustomerKind};

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高", "罗", "曾", "单",
    "欧阳", "司马",
];
const GIVEN: [&str; 24] = [
    "伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "秀英", "桂英", "建国", "志强", "雨桐",
    "子涵", "思远", "晓明",
];
const FIRST: [&str; 20] = [
    "Alice", "Ben", "Clara", "David", "Emma", "Frank", "Grace", "Henry", "Irene", "Jack", "Karen", "Leo", "Maria", "Noah", "Olivia",
    "Paul", "Rosa", "Sam", "Tina", "Victor",
];
const LAST: [&str; 20] = [
    "Adams", "Baker", "Clark", "Davis", "Evans", "Fischer", "Garcia", "Harris", "Ito", "Jones", "Keller", "Lopez", "Miller", "Nakamura",
    "Oliveira", "Parker", "Schmidt", "Silva", "Tanaka", "Walker",
];
const PLACES: [&str; 8] = ["北京", "上海", "广州", "深圳", "杭州", "成都", "武汉", "西安"];
const TRADES: [&str; 6] = ["科技有限公司", "贸易有限公司", "物流公司", "医院", "学校", "酒店"];
const LEVELS: [Option<&str>; 6] = [None, None, None, Some("silver"), Some("gold"), Some("platinum")];

/// Number, name, level, region. The demo's callers ring from these, so that a first call pops with a name.
const CALLERS: [(&str, &str, Option<&str>, &str); 8] = [
    ("13800138000", "王小明", Some("platinum"), "北京"),
    ("13800138001", "李静", Some("gold"), "上海"),
    ("13800138002", "陈思远", None, "广州"),
    ("13800138003", "赵丽华", Some("silver"), "成都"),
    ("010-6234 5678", "北京蓝海贸易有限公司", Some("gold"), "北京"),
    ("+1 212 555 0123", "Olivia Parker", Some("platinum"), "New York"),
    ("+1 415 555 0168", "Daniel Garcia", None, "San Francisco"),
    ("+44 20 7946 0958", "Harbour & Finch Ltd", Some("silver"), "London"),
];

/// Those who ring in the demo. Who is platinum is a VIP.
pub fn callers() -> impl Iterator<Item = SimpleRow> {
    CALLERS.iter().map(|(number, name, level, region)| {
        let company = name.ends_with("公司") || name.ends_with("Ltd");
        let fields = CustomerFields {
            kind: if company { CustomerKind::Organisation } else { CustomerKind::Person },
            name: (*name).to_owned(),
            level: level.map(str::to_owned),
            region: Some((*region).to_owned()),
            vip: *level == Some("platinum"),
            source: Some("demo".into()),
            ..CustomerFields::default()
        };
        SimpleRow { fields, numbers: vec![(*number).to_owned()] }
    })
}

/// An endless list of customers.
#[derive(Debug, Clone)]
pub struct Demo {
    state: u64,
    made: u64,
}

impl Demo {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed ^ 0x9E37_79B9_7F4A_7C15, made: 0 }
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn of<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// One of 100,000,000 eight-digit tails, none twice among the first 100,000,000 numbers of a plan.
    fn tail(&self) -> u64 {
        (self.made * 61_803_399 + 7) % 100_000_000
    }

    fn number(&mut self) -> String {
        self.made += 1;
        let tail = self.tail();
        match self.below(20) {
            0 => format!("010-{:08}", 20_000_000 + tail % 60_000_000),
            1 => format!("+1 {} {:03} {:04}", self.of(&["212", "310", "415", "617"]), 220 + tail / 10_000 % 690, tail % 10_000),
            2 => format!("+852 2{:07}", 3_000_000 + tail % 6_000_000),
            3 => format!("+49 30 {tail:08}").replace("30 0", "30 2"),
            4 => format!("+81 90-{:04}-{:04}", 1000 + tail / 10_000 % 9000, tail % 10_000),
            5 => format!("+55 11 9{:04}-{:04}", 1000 + tail / 10_000 % 9000, tail % 10_000),
            6 => format!("1{} {:04} {:04}", self.of(&["38", "39", "50", "86"]), tail / 10_000, tail % 10_000),
            _ => format!("1{}{tail:08}", self.of(&["38", "39", "50", "58", "86", "88", "77", "99"])),
        }
    }
}

impl Iterator for Demo {
    type Item = SimpleRow;

    fn next(&mut self) -> Option<SimpleRow> {
        let dice = self.below(20);
        let (kind, name) = match dice {
            0 | 1 => {
                (CustomerKind::Organisation, format!("{}{}{}{}", self.of(&PLACES), self.of(&SURNAMES), self.of(&GIVEN), self.of(&TRADES)))
            }
            2..=6 => (CustomerKind::Person, format!("{} {}", self.of(&FIRST), self.of(&LAST))),
            _ => (CustomerKind::Person, format!("{}{}", self.of(&SURNAMES), self.of(&GIVEN))),
        };
        // 1.3 numbers per customer.
        let count = if self.below(10) < 7 { 1 } else { 2 };
        let numbers = (0..count).map(|_| self.number()).collect();
        let level = self.of(&LEVELS).map(str::to_owned);
        let region = Some(self.of(&PLACES).to_owned());
        let vip = level.as_deref() == Some("platinum");
        Some(SimpleRow {
            fields: CustomerFields { kind, name, level, region, vip, source: Some("demo".into()), ..CustomerFields::default() },
            numbers,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use contract::number::{Context, normalize};

    use super::*;

    #[test]
    fn a_caller_of_the_demo_is_one_customer_however_many_others_there_are() {
        let ctx = Context { country: "CN", area_code: "10", own: &[] };
        let number = |text: &String| normalize(text, &ctx).e164().map(|n| n.reveal().to_owned());
        let ringing: BTreeSet<String> = callers().flat_map(|row| row.numbers).map(|n| number(&n).expect("a number")).collect();
        assert_eq!(ringing.len(), CALLERS.len());
        let taken = Demo::new(1).take(2_000).flat_map(|row| row.numbers).filter_map(|n| number(&n)).find(|n| ringing.contains(n));
        assert_eq!(taken, None);
        assert!(callers().any(|row| row.fields.name == "王小明" && row.fields.vip));
    }
}
