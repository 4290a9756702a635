static class Constants
{
    public const string Header = "-----BEGIN RSA PRIVATE KEY-----";
    public const string Footer = "-----END RSA PRIVATE KEY-----";
    public const string Putty = "PuTTY-User-Key-File-2: ssh-rsa";
    public static string Pem(string body) => $"-----BEGIN PRIVATE KEY-----\r\n{body}\r\n-----END PRIVATE KEY-----";
}
