/** For tests: small translators with random weights. */
export {}
