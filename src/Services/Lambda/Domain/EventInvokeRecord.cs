namespace Fogbank.Services.Lambda.Domain;

/// <summary>How asynchronous events of a function (or one of its versions) are retried.</summary>
internal sealed record EventInvokeRecord
{
    public required string FunctionName { get; init; }

    public required string Qualifier { get; init; }

    /// <summary>0 to 2; null: AWS's default of 2.</summary>
    public int? MaximumRetryAttempts { get; init; }

    /// <summary>60 to 21,600 seconds; null: AWS's default of 21,600.</summary>
    public int? MaximumEventAgeSeconds { get; init; }

    public required DateTimeOffset LastModified { get; init; }
}
