namespace Fogbank.Services.S3.Storage;

/// <summary>An event on its way to a function; written in the commit of its cause.</summary>
internal sealed record EventRecord
{
    public required string Bucket { get; init; }

    public required string BucketAccountId { get; init; }

    public required string Region { get; init; }

    public required string Key { get; init; }

    /// <summary>As in the event: <c>ObjectCreated:Put</c>.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string ConfigurationId { get; init; }

    public required string FunctionArn { get; init; }

    public required string PrincipalId { get; init; }

    public string? SourceAddress { get; init; }

    public required string RequestId { get; init; }

    /// <summary>Null for removals.</summary>
    public long? Size { get; init; }

    public string? ETag { get; init; }
}
