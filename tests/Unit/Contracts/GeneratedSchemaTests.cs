using System.Reflection;
using System.Text.RegularExpressions;
using Fogbank.Contracts;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.Logs;
using Fogbank.Contracts.S3;
using Fogbank.Contracts.Sts;
using Xunit;

namespace Fogbank.Tests.Unit.Contracts;

/// <summary>The generated texts of the real APIs, decoded: what the compiler cannot see.</summary>
public sealed class GeneratedSchemaTests
{
    public static TheoryData<string> Apis { get; } = ["lambda", "s3", "iam", "sts", "logs"];

    [Theory]
    [MemberData(nameof(Apis))]
    public void Every_schema_decodes_and_every_reference_leads_to_a_structure(string name)
    {
        var api = Find(name);
        var types = typeof(LambdaApi).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Shape)) && type.Namespace == api.GetType().Namespace)
            .ToList();
        Assert.True(types.Count > 20, "too few classes to be an API");
        foreach (var type in types)
        {
            var schema = (ShapeSchema)type.GetProperty("Schema", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
            Assert.Same(api, schema.Api);
            // A class has a property for each member, and besides them at most Operation and Schema.
            Assert.True(type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Length - schema.Members.Count is 0 or 1, type.Name);
            foreach (var member in schema.Members)
            {
                Resolve(member.Type);
                Assert.True(Enum.IsDefined(member.Location), $"{schema.Name}.{member.Name}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void Every_pattern_is_one_that_this_runtime_understands(string name)
    {
        var api = Find(name);
        foreach (var schema in Schemas(api))
        {
            foreach (var member in schema.Members)
            {
                if (member.Type.Constraint is { Pattern: not null } constraint)
                {
                    // A pattern that cannot be compiled would accept everything, unseen.
                    Assert.Null(Record.Exception(() => new Regex(constraint.Pattern, RegexOptions.CultureInvariant)));
                    constraint.IsMatch("x");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void Every_operation_and_every_Iam_entry_decodes(string name)
    {
        var api = Find(name);
        Assert.Equal(api.Operations.Count, api.Operations.Select(operation => operation.Name).Distinct().Count());
        foreach (var operation in api.Operations)
        {
            Assert.Same(operation, api.FindOperation(operation.Name));
            Assert.InRange(operation.Status, 200, 299);
            Assert.StartsWith("/", operation.UriTemplate, StringComparison.Ordinal);
            foreach (var rule in api.FindIamEntry(operation.Name)?.Rules ?? [])
            {
                Assert.Matches("^[a-z0-9-]+:[A-Za-z0-9]+$", rule.Action);
                Assert.True(rule.Resource == "*" || rule.Resource.StartsWith("arn:", StringComparison.Ordinal) || rule.Resource.StartsWith('{'), rule.Resource);
                Assert.True((rule.Action == "iam:PassRole") == (rule.PassedTo is not null), operation.Name);
            }
        }
    }

    [Fact]
    public void Rules_carry_what_the_file_says()
    {
        var entry = LambdaApi.Instance.FindIamEntry("CreateFunction")!;
        Assert.Equal("arn:{partition}:lambda:{region}:{account}:function:{FunctionName}", entry.Rules[0].Resource);
        Assert.Contains(new("lambda:Layer", "Layers"), entry.Rules[0].Conditions);
        Assert.Equal("lambda.amazonaws.com", entry.Rules[^1].PassedTo);
        Assert.Equal("Layers", entry.Rules.Single(rule => rule.Action == "lambda:GetLayerVersion").When);
        Assert.Equal("VersionId", S3Api.Instance.FindIamEntry("GetObject")!.Rules[0].Unless);
        Assert.Empty(StsApi.Instance.FindIamEntry("GetCallerIdentity")!.Rules);
        Assert.Null(IamApi.Instance.FindIamEntry("ChangePassword"));
    }

    [Fact]
    public void Facts_of_shapes_survive_the_way_through_the_text()
    {
        var create = CreateFunctionRequest.Schema;
        Assert.Equal("CreateFunctionRequest", create.Name);
        Assert.True(create.Members[create.IndexOf("FunctionName")].IsRequired);
        Assert.Equal("Environment", create.Members[create.IndexOf("Environment")].Type.Structure.Name);
        Assert.Equal(10240, create.Members[create.IndexOf("EphemeralStorage")].Type.Structure.Members[0].Type.Constraint!.Max);
        Assert.Contains("python3.13", create.Members[create.IndexOf("Runtime")].Type.Constraint!.Values!);
        var grantee = Grantee.Schema;
        var type = grantee.Members.Single(member => member.IsXmlAttribute);
        Assert.Equal("xsi:type", type.WireName);
        Assert.Equal("xsi", grantee.XmlPrefix);
        Assert.Equal("ListBucketResult", S3Operations.ListObjectsV2.Schema.OutputXmlRoot);
        Assert.True(S3Operations.GetBucketLocation.Schema.IsOutputUnwrapped);
        Assert.True(S3Operations.PutObject.Schema.HasStreamingInput);
        Assert.True(S3Operations.GetObject.Schema.HasStreamingOutput);
        Assert.True(S3Operations.DeleteObjects.Schema.DemandsChecksum);
        Assert.True(LogsOperations.StartLiveTail.Schema.HasEventStream);
        Assert.Equal("NoSuchEntity", IamErrorCodes.NoSuchEntityException.XmlCode);
        Assert.Equal(404, S3ErrorCodes.NoSuchTagSet.Status);
    }

    [Fact]
    public void Response_is_made_from_the_structure_it_shares()
    {
        var configuration = new FunctionConfiguration { FunctionName = "thumb", MemorySize = 512, Layers = [] };

        var response = CreateFunctionResponse.From(configuration);

        Assert.Equal("thumb", response.FunctionName);
        Assert.Equal(512, response.MemorySize);
        Assert.Same(configuration.Layers, response.Layers);
        Assert.Same(FunctionConfiguration.Schema, CreateFunctionResponse.Schema);
    }

    [Fact]
    public void Request_knows_its_operation()
    {
        Assert.Equal("Invoke", new InvokeRequest { FunctionName = "f" }.Operation.Name);
        Assert.Same(LambdaOperations.Invoke.Schema, new InvokeRequest { FunctionName = "f" }.Operation);
    }

    private static Api Find(string name)
    {
        Api[] apis = [LambdaApi.Instance, S3Api.Instance, IamApi.Instance, StsApi.Instance, LogsApi.Instance];
        return apis.Single(api => api.Name == name);
    }

    private static IEnumerable<ShapeSchema> Schemas(Api api) => typeof(LambdaApi).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(Shape)) && type.Namespace == api.GetType().Namespace)
        .Select(type => (ShapeSchema)type.GetProperty("Schema", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);

    private static void Resolve(TypeSchema type)
    {
        if (type.Kind == WireKind.Structure)
        {
            Assert.NotEmpty(type.Structure.Name);
        }
        else if (type.Element is not null)
        {
            Resolve(type.Element);
        }
    }
}
