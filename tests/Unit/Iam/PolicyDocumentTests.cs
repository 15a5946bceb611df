using Fogbank.Services.Iam.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.Iam;

public sealed class PolicyDocumentTests
{
    [Theory]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Statement":{"Effect":"Deny","NotAction":"s3:*","NotResource":"*"}}""")]
    public void Good_policies_have_no_fault(string document) => Assert.Null(PolicyDocument.FindFault(document));

    [Theory]
    [InlineData("{", "This policy contains invalid Json")]
    [InlineData("[]", "Syntax errors in policy.")]
    [InlineData("""{"Version":"2012-10-17"}""", "Syntax errors in policy.")]
    [InlineData("""{"Version":"2013-01-01","Statement":[]}""", "Syntax errors in policy.")]
    [InlineData("""{"Statement":[{"Effect":"Permit","Action":"*","Resource":"*"}]}""", "Syntax errors in policy.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Resource":"*"}]}""", "Policy statement must contain actions.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*"}]}""", "Policy statement must contain resources.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}]}""", "Policy document should not specify a principal.")]
    public void Faults_are_told_in_the_words_of_AWS(string document, string fault) =>
        Assert.Equal(fault, PolicyDocument.FindFault(document));

    [Fact]
    public void A_trust_policy_names_no_resource() =>
        Assert.Equal(
            "Has prohibited field Resource",
            PolicyDocument.FindTrustFault("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}]}"""));

    [Theory]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}""", true)]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":["sts:AssumeRole"],"Principal":{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}}}""", true)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:TagSession","Principal":{"Service":"lambda.amazonaws.com"}}]}""", false)]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"sts:*","Principal":"*"},{"Effect":"Deny","Action":"*","Principal":"*"}]}""", false)]
    public void A_trust_policy_says_which_service_may_assume_the_role(string document, bool allowed) =>
        Assert.Equal(allowed, TrustPolicy.AllowsService(document, "lambda.amazonaws.com"));
}
