namespace Fogbank.Services.Iam.Domain;

/// <summary>A managed policy that is attached in an account, and how often; there is none for a policy that is not.</summary>
internal sealed record AttachedPolicyRecord(string PolicyArn, int Attachments);
