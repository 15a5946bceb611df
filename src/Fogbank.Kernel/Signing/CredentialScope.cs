using System.Diagnostics.CodeAnalysis;

namespace Fogbank.Kernel.Signing;

/// <summary>What a signature of version 4 is good for.</summary>
/// <param name="Date">Eight digits, the day of signing.</param>
/// <param name="Region">The region the client meant; some clients write <c>aws-global</c>.</param>
/// <param name="Service">The signing name of the service.</param>
public readonly record struct CredentialScope(string Date, string Region, string Service)
{
    private const string Terminator = "aws4_request";

    public override string ToString() => $"{Date}/{Region}/{Service}/{Terminator}";

    /// <summary>Parses <c>KEY/20130524/us-east-1/s3/aws4_request</c>. The key may itself contain slashes.</summary>
    public static bool TryParseCredential(string? credential, [NotNullWhen(true)] out string? accessKeyId, out CredentialScope scope)
    {
        accessKeyId = null;
        scope = default;
        var parts = credential?.Split('/');
        if (parts is not { Length: >= 5 } || parts[^1] != Terminator)
        {
            return false;
        }

        var date = parts[^4];
        if (date.Length != 8 || !date.All(char.IsAsciiDigit) || parts[^3].Length == 0 || parts[^2].Length == 0)
        {
            return false;
        }

        accessKeyId = string.Join('/', parts[..^4]);
        scope = new CredentialScope(date, parts[^3], parts[^2]);
        return accessKeyId.Length > 0;
    }
}
