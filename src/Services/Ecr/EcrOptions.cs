namespace Fogbank.Services.Ecr;

/// <summary>Settings of the registry.</summary>
public sealed record EcrOptions
{
    /// <summary>The region's own address asks for a token too, not only the names under <c>dkr.ecr</c>. Default false; true with <c>--auth iam</c>.</summary>
    public bool PlainAddressNeedsToken { get; init; }

    /// <summary>A push to a repository that does not exist makes it, also without a creation template that says so. Default false, as on AWS.</summary>
    public bool CreateOnPush { get; init; }

    /// <summary>How long an upload is kept to which nothing comes. Default 24 h; the longest pause that a push may make and still go on.</summary>
    public TimeSpan UploadExpiry { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a blob that was pushed or mounted waits for its first image. Default 24 h; longer than the longest push.</summary>
    public TimeSpan UnusedBlobExpiry { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a blob is kept after its last image was deleted. Default 1 h; a push that counted on it has that long to end.</summary>
    public TimeSpan ReleasedBlobExpiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a body may stand still before its connection is given up. Default 60 s.</summary>
    public TimeSpan BodyStall { get; init; } = TimeSpan.FromSeconds(60);
}
