namespace Fogbank.Contracts.Generator;

/// <summary>The text of one contract and of the files beside it: all that its generated file follows from, so also its cache key.</summary>
internal sealed record ContractSource(string Name, string Contract, string? Overlay, string? Iam);
