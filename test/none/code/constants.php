<?php
const BEGIN = "-----BEGIN PRIVATE KEY-----\n";
const END = "\n-----END PRIVATE KEY-----";
$pem = "-----BEGIN RSA PRIVATE KEY-----\n" . chunk_split($base64, 64, "\n") . "-----END RSA PRIVATE KEY-----\n";
$ok = strpos($text, '-----BEGIN PUBLIC KEY-----') === 0;
$config = ['private_key' => "-----BEGIN PRIVATE KEY-----\n" . getenv('KEY') . "\n-----END PRIVATE KEY-----\n"];
