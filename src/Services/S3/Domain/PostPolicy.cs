using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fogbank.Services.S3.Domain;

/// <summary>
/// The policy of a browser's upload form: what its fields and its file must be.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
/// </summary>
internal sealed class PostPolicy
{
    private static readonly string[] s_exempt = ["x-amz-signature", "file", "policy", "awsaccesskeyid", "signature"];

    private readonly List<Condition> _conditions = [];

    private PostPolicy(DateTimeOffset expiration) => Expiration = expiration;

    public DateTimeOffset Expiration { get; }

    /// <summary>Least and greatest size of the file in bytes; null where the policy does not say.</summary>
    public (long Min, long Max)? ContentLength { get; private set; }

    /// <summary>Reads the base64 text of the form's <c>policy</c> field.</summary>
    public static PostPolicy Parse(string base64)
    {
        try
        {
            using var document = JsonDocument.Parse(Convert.FromBase64String(base64));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("expiration", out var expiration)
                || !DateTimeOffset.TryParse(
                    expiration.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            {
                throw S3Errors.InvalidPolicyDocument("Invalid Policy: Policy missing expiration.");
            }

            if (!root.TryGetProperty("conditions", out var conditions) || conditions.ValueKind != JsonValueKind.Array)
            {
                throw S3Errors.InvalidPolicyDocument("Invalid Policy: Policy missing conditions.");
            }

            var policy = new PostPolicy(at);
            foreach (var condition in conditions.EnumerateArray())
            {
                policy.Add(condition);
            }

            return policy;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            throw S3Errors.InvalidPolicyDocument("Invalid Policy: Invalid JSON.");
        }
    }

    /// <summary>Throws what S3 says where the policy is over or a field is not as it demands.</summary>
    /// <param name="fields">The form's fields by lower-case name, the bucket among them.</param>
    public void Check(IReadOnlyDictionary<string, string> fields, DateTimeOffset now)
    {
        if (now > Expiration)
        {
            throw S3Errors.AccessDenied("Invalid according to Policy: Policy expired.");
        }

        foreach (var condition in _conditions)
        {
            var value = fields.GetValueOrDefault(condition.Field) ?? "";
            if (!(condition.IsPrefix ? StartsWith(condition, value) : string.Equals(value, condition.Value, StringComparison.Ordinal)))
            {
                throw S3Errors.AccessDenied($"Invalid according to Policy: Policy Condition failed: {condition.Text}");
            }
        }

        foreach (var field in fields.Keys)
        {
            if (!s_exempt.Contains(field)
                && field != "bucket"
                && !field.StartsWith("x-ignore-", StringComparison.Ordinal)
                && !_conditions.Exists(condition => condition.Field == field))
            {
                throw S3Errors.AccessDenied($"Invalid according to Policy: Extra input fields: {field}");
            }
        }
    }

    /// <summary>Throws where the file is smaller or larger than the policy allows.</summary>
    public void CheckLength(long length)
    {
        if (ContentLength is not var (min, max))
        {
            return;
        }

        if (length < min)
        {
            throw S3Errors.EntityTooSmallForPolicy(length, min);
        }

        if (length > max)
        {
            throw S3Errors.EntityTooLargeForPolicy(length, max);
        }
    }

    private static bool StartsWith(Condition condition, string value) =>
        condition.Field == "content-type"
            ? value.Split(',').All(item => item.Trim().StartsWith(condition.Value, StringComparison.Ordinal))
            : value.StartsWith(condition.Value, StringComparison.Ordinal);

    private void Add(JsonElement condition)
    {
        if (condition.ValueKind == JsonValueKind.Object)
        {
            var properties = condition.EnumerateObject().ToList();
            if (properties.Count != 1)
            {
                throw S3Errors.InvalidPolicyDocument(
                    "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
            }

            var (name, value) = (properties[0].Name, properties[0].Value.GetString() ?? "");
            AddField("eq", "$" + name, value, Describe("eq", "$" + name, value));
            return;
        }

        if (condition.ValueKind != JsonValueKind.Array || condition.GetArrayLength() != 3)
        {
            throw S3Errors.InvalidPolicyDocument("Invalid Policy: Invalid Condition: Conditions must be a simple-condition or a list of three.");
        }

        var match = condition[0].GetString() ?? "";
        if (string.Equals(match, "content-length-range", StringComparison.OrdinalIgnoreCase))
        {
            if (!TryNumber(condition[1], out var min) || !TryNumber(condition[2], out var max))
            {
                throw S3Errors.AccessDenied(
                    $"Invalid according to Policy: Policy Condition failed: {Describe("content-length-range", condition[1].ToString(), condition[2].ToString())}");
            }

            ContentLength = (min, max);
            return;
        }

        var (field, text) = (condition[1].GetString() ?? "", condition[2].GetString() ?? "");
        AddField(match, field, text, Describe(match, field, text));
    }

    private void AddField(string match, string field, string value, string text)
    {
        var isPrefix = string.Equals(match, "starts-with", StringComparison.OrdinalIgnoreCase);
        if (!isPrefix && !string.Equals(match, "eq", StringComparison.OrdinalIgnoreCase))
        {
            throw S3Errors.InvalidPolicyDocument($"Invalid Policy: Invalid Condition: unknown operation '{match}'.");
        }

        if (field.Length < 2 || field[0] != '$')
        {
            // What is no field of the form can never hold.
            throw S3Errors.AccessDenied($"Invalid according to Policy: Policy Condition failed: {text}");
        }

        _conditions.Add(new(field[1..].ToLowerInvariant(), value, isPrefix, text));
    }

    private static string Describe(string match, string field, string value)
    {
        var text = new StringBuilder("[");
        text.Append('"').Append(match).Append("\", \"").Append(field).Append("\", \"").Append(value).Append("\"]");
        return text.ToString();
    }

    private static bool TryNumber(JsonElement element, out long number)
    {
        number = 0;
        return element.ValueKind switch
        {
            JsonValueKind.Number => element.TryGetInt64(out number),
            JsonValueKind.String => long.TryParse(element.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
    }

    private sealed record Condition(string Field, string Value, bool IsPrefix, string Text);
}
