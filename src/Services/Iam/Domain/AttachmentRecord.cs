namespace Fogbank.Services.Iam.Domain;

/// <summary>That an identity has a managed policy attached, found by the policy. Its key says all but when.</summary>
internal sealed record AttachmentRecord(string PolicyArn, string Kind, string Name, string Id);
