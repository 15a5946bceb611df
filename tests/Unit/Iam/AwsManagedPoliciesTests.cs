using Fogbank.Services.Iam.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.Iam;

public sealed class AwsManagedPoliciesTests
{
    [Theory]
    [InlineData("arn:aws:iam::aws:policy/AdministratorAccess", "v1")]
    [InlineData("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "v1")]
    [InlineData("arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", "v1")]
    [InlineData("arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly", "v3")]
    [InlineData("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "v45")]
    [InlineData("arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy", null)]
    public void Policies_are_known_with_their_path_and_version(string arn, string? version)
    {
        var policy = Find(arn);
        Assert.NotNull(policy);
        Assert.Equal(arn, policy.Arn.ToString());
        Assert.Equal(version ?? policy.DefaultVersion, policy.DefaultVersion);
    }

    [Theory]
    [InlineData("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole")]
    [InlineData("arn:aws:iam::aws:policy/AWSLambdaFullAccess")]
    [InlineData("arn:aws:iam::aws:policy/administratoraccess")]
    [InlineData("arn:aws:iam::123456789012:policy/AdministratorAccess")]
    public void Other_paths_withdrawn_names_and_other_accounts_are_not(string arn) => Assert.Null(Find(arn));

    [Fact]
    public void The_list_is_sorted_and_names_nothing_twice()
    {
        var arns = AwsManagedPolicies.All.Select(policy => policy.Arn.ToString()).ToList();
        Assert.Equal(arns.Order(StringComparer.Ordinal).Distinct(), arns);
        Assert.All(AwsManagedPolicies.All, policy =>
        {
            Assert.Matches("^v[1-9][0-9]*$", policy.DefaultVersion);
            Assert.True(policy.CreatedAt <= policy.UpdatedAt, policy.Arn.ToString());
        });
    }

    [Fact]
    public void Every_document_belongs_to_a_policy_and_is_one()
    {
        using var stream = typeof(AwsManagedPolicies).Assembly.GetManifestResourceStream("aws-managed-policy-documents.tsv")!;
        using var reader = new StreamReader(stream);
        var count = 0;
        foreach (var line in reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var fields = line.Split('\t');
            var policy = Find(fields[0]);
            Assert.NotNull(policy);
            Assert.Equal(policy.DefaultVersion, fields[1]);
            Assert.Null(PolicyDocument.FindFault(fields[2]));
            Assert.Equal(fields[2], AwsManagedPolicies.FindDocument(policy));
            count++;
        }

        Assert.InRange(count, 150, 400);
    }

    [Fact]
    public void A_policy_may_be_known_without_its_document() =>
        Assert.Null(AwsManagedPolicies.FindDocument(Find("arn:aws:iam::aws:policy/ReadOnlyAccess")!));

    private static AwsManagedPolicy? Find(string arn) =>
        PolicyArn.TryParse(arn, out var parsed) ? AwsManagedPolicies.Find(parsed) : throw new ArgumentException(arn);
}
