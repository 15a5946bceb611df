using Fogbank.Contracts;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.Logs;
using Fogbank.Contracts.S3;
using Fogbank.Contracts.Sts;
using Xunit;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>The models' patterns, which are written in another dialect than .NET's.</summary>
public class PatternTests
{
    public static TheoryData<string> Apis => ["iam", "lambda", "logs", "s3", "sts"];

    [Theory]
    [MemberData(nameof(Apis))]
    public void Every_pattern_of_a_contract_means_something_here(string name)
    {
        Api api = name switch
        {
            "iam" => IamApi.Instance,
            "lambda" => LambdaApi.Instance,
            "logs" => LogsApi.Instance,
            "s3" => S3Api.Instance,
            _ => StsApi.Instance,
        };
        var dead = new List<string>();
        try
        {
            for (var i = 0; ; i++)
            {
                // A pattern that cannot be compiled becomes an empty one, which accepts all.
                if (api.GetConstraint(i).Pattern is { } pattern && Constraint.Compile(pattern).ToString().Length == 0)
                {
                    dead.Add(pattern);
                }
            }
        }
        catch (IndexOutOfRangeException)
        {
            Assert.Empty(dead);
        }
    }

    [Theory]
    [InlineData(@"[\w+=,.@-]+", "role-1", true)]
    [InlineData(@"[\w+=,.@-]+", "rôle", false)]
    [InlineData(@"[\w-_]+", "a-b_c", true)]
    [InlineData(@"\d{12}", "123456789012", true)]
    [InlineData(@"\d{12}", "١٢٣٤٥٦٧٨٩٠١٢", false)]
    [InlineData(@"^a$", "a\n", false)]
    [InlineData(@"(?!^[0-9]+$)([a-zA-Z0-9-_]+)", "2024", false)]
    [InlineData(@"\\w", @"\w", true)]
    public void Patterns_match_the_whole_value_in_ASCII(string pattern, string value, bool isMatch) =>
        Assert.Equal(isMatch, new Constraint(null, null, pattern, null).IsMatch(value));
}
