//! The commented file, made from the struct: names and defaults as they serialize, explanations as they are documented.

use schemars::schema_for;
use serde_json::Value;

use super::Config;

/// `zuoxi.toml` with every key, each commented out at its default.
#[must_use]
pub fn sample() -> String {
    let schema = schema_for!(Config).to_value();
    let plain = toml::to_string(&Config::default()).unwrap_or_else(|e| unreachable!("the defaults are TOML: {e}"));
    let mut out = String::from(
        "# Zuoxi 坐席. Every key is shown with its default; take away the # to change it.\n\
         # A variable does the same: ZUOXI_HTTP__LISTEN=0.0.0.0:8080 sets listen in [http].\n",
    );
    let mut section = String::new();
    for line in plain.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.to_owned();
            out.push('\n');
            comment(&mut out, words(&schema["properties"][name]));
            out.push_str(line);
            out.push('\n');
        } else if let Some((key, _)) = line.split_once(" = ") {
            let place = schema["properties"][section.as_str()]["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
            let known = place.and_then(|place| schema.pointer(place)).unwrap_or(&Value::Null);
            comment(&mut out, words(&known["properties"][key]));
            out.push('#');
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn words(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

fn comment(out: &mut String, words: &str) {
    for line in words.lines() {
        out.push_str("# ");
        out.push_str(line);
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_reads_as_the_defaults_with_and_without_its_comments() {
        let sample = sample();
        assert_eq!(super::super::parse(&sample, []).unwrap(), Config::default());
        let bare: String = sample.lines().map(|l| l.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(l).to_owned() + "\n").collect();
        assert_eq!(super::super::parse(&bare, []).unwrap(), Config::default());
    }

    #[test]
    fn every_key_of_the_sample_is_explained() {
        let sample = sample();
        let lines: Vec<&str> = sample.lines().collect();
        for pair in lines.windows(2).filter(|pair| pair[1].contains(" = ") && pair[1].starts_with('#') && !pair[1].starts_with("# ")) {
            let obvious = ["#udp", "#tcp"].iter().any(|key| pair[1].starts_with(key));
            assert!(obvious || pair[0].starts_with("# "), "{} has no words", pair[1]);
        }
    }
}
