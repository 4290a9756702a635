const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
const OPENSSH: &[u8] = b"-----BEGIN OPENSSH PRIVATE KEY-----\n";

pub fn label(line: &str) -> Option<&str> {
    match line {
        "-----BEGIN RSA PRIVATE KEY-----" => Some("RSA PRIVATE KEY"),
        "-----BEGIN EC PRIVATE KEY-----" => Some("EC PRIVATE KEY"),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----" => Some("ENCRYPTED PRIVATE KEY"),
        "-----BEGIN CERTIFICATE-----" => Some("CERTIFICATE"),
        _ => None,
    }
}

pub fn to_pem(body: &str) -> String {
    format!("{}\n{}\n{}\n", BEGIN, body, END)
}
