module Keys
  HEADER = '-----BEGIN RSA PRIVATE KEY-----'.freeze
  FOOTER = '-----END RSA PRIVATE KEY-----'.freeze
  PATTERN = /-----BEGIN (?:RSA |EC |DSA |OPENSSH )?PRIVATE KEY-----.*?-----END/m

  def self.wrap(body)
    <<~PEM
      -----BEGIN RSA PRIVATE KEY-----
      #{body.scan(/.{1,64}/).join("\n")}
      -----END RSA PRIVATE KEY-----
    PEM
  end
end
