final class Constants {
  static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  static final String END = "-----END PRIVATE KEY-----";
  static final String TEMPLATE = "-----BEGIN RSA PRIVATE KEY-----\n"
      + "%s\n"
      + "-----END RSA PRIVATE KEY-----\n";

  static byte[] decode(String pem) {
    String body = pem
        .replace("-----BEGIN PRIVATE KEY-----", "")
        .replace("-----END PRIVATE KEY-----", "")
        .replaceAll("\\s", "");
    return Base64.getDecoder().decode(body);
  }
}
