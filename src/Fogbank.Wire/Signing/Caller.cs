using Fogbank.Kernel;
using Fogbank.Wire.Chunked;

namespace Fogbank.Wire.Signing;

/// <summary>Who calls, and from where on AWS's map.</summary>
/// <param name="Principal">Whose request it is.</param>
/// <param name="Scope">Account and region whose resources are meant.</param>
/// <param name="AccessKeyId">Null where the request had none.</param>
/// <param name="ChunkSigner">Verifies the chunks of a streamed body; null where they are not signed or the key's secret is not known.</param>
internal sealed record Caller(Principal Principal, Scope Scope, string? AccessKeyId, ChunkSigner? ChunkSigner);
