let header = "-----BEGIN EC PRIVATE KEY-----"
let footer = "-----END EC PRIVATE KEY-----"
let pem = """
-----BEGIN EC PRIVATE KEY-----
\(body.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed]))
-----END EC PRIVATE KEY-----
"""
