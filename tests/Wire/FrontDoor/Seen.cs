using Fogbank.Kernel;

namespace Fogbank.Tests.Wire.FrontDoor;

/// <summary>What last reached an operation.</summary>
internal sealed class Seen
{
    public string? First { get; private set; }

    public string? Second { get; private set; }

    public byte[] Body { get; private set; } = [];

    public string? ContentEncoding { get; private set; }

    public long? ContentLength { get; set; }

    public RequestContext? Context { get; private set; }

    /// <summary>How many requests reached an operation.</summary>
    public int Count { get; private set; }

    public string? Trailer { get; private set; }

    public long? DecodedLength { get; private set; }

    public void Note(string? first, string? second, byte[] body, string? contentEncoding, RequestContext context)
    {
        (First, Second, Body, ContentEncoding, Context) = (first, second, body, contentEncoding, context);

        // Read here, as an operation would: the request is gone afterwards.
        Trailer = context.Http?.Trailer("x-amz-checksum-crc32c");
        DecodedLength = context.Http?.DecodedContentLength;
        Count++;
    }
}

/// <summary>The keys that this region has issued.</summary>
internal sealed class TestKeys : IAuthenticator
{
    public const string KeyId = "AKIAIOSFODNN7EXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    public static Principal Owner { get; } = new()
    {
        Kind = PrincipalKind.User,
        AccountId = "111122223333",
        Arn = "arn:aws:iam::111122223333:user/ann",
        UserId = "AIDAEXAMPLE",
    };

    public ValueTask<IssuedKey?> FindAsync(string accessKeyId, string? sessionToken, CancellationToken cancellationToken) =>
        ValueTask.FromResult(accessKeyId switch
        {
            KeyId => new IssuedKey(Owner, Secret, null, IsActive: true),
            "AKIAINACTIVE" => new IssuedKey(Owner, Secret, null, IsActive: false),
            "ASIAEXPIRED" => new IssuedKey(Owner, Secret, DateTimeOffset.UnixEpoch, IsActive: true),
            _ => null,
        });
}
