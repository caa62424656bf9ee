/// Runs `operation` to its end even when the calling task is cancelled: the write that records a cancellation must
/// not be cancelled by it. The only unstructured task in the code.
func shielded<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws
  -> Value
{
  try await Task { try await operation() }.value
}
