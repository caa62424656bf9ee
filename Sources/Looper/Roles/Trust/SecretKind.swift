/// What a text that must not be published looks like; the raw value completes "what looks like …".
enum SecretKind: String, Sendable, CaseIterable {
  case githubToken = "a GitHub token"
  case gitlabToken = "a GitLab token"
  case awsKey = "an AWS access key"
  case googleKey = "a Google credential"
  case slackToken = "a Slack token"
  case openAIKey = "an OpenAI key"
  case anthropicKey = "an Anthropic key"
  case npmToken = "an npm token"
  case pypiToken = "a PyPI token"
  case huggingFaceToken = "a Hugging Face token"
  case stripeKey = "a Stripe key"
  case webToken = "a JSON web token"
  case privateKey = "a private key"
  case addressPassword = "a password in an address"
  case assignment = "a password or key"
  case own = "one of this machine's own secrets"
}
