namespace Fogbank.Services.Iam.Domain;

/// <summary>
/// AWS's own policies. Any name can be attached, since nothing is judged by them yet; the documents known here are those that functions and
/// first steps use.
/// </summary>
internal static class AwsManagedPolicies
{
    // AWS made most of these on the same days; the dates are not told apart here.
    internal static DateTimeOffset CreatedAt { get; } = new(2015, 2, 6, 18, 40, 0, TimeSpan.Zero);

    private const string LogWriting = "\"logs:CreateLogGroup\",\"logs:CreateLogStream\",\"logs:PutLogEvents\"";

    private static readonly (string Path, string Name, string Document)[] Known =
    [
        ("/", "AdministratorAccess", Allow("\"*\"")),
        ("/", "AmazonS3FullAccess", Allow("\"s3:*\",\"s3-object-lambda:*\"")),
        ("/", "AmazonS3ReadOnlyAccess", Allow("\"s3:Get*\",\"s3:List*\",\"s3:Describe*\",\"s3-object-lambda:Get*\",\"s3-object-lambda:List*\"")),
        ("/", "CloudWatchLogsFullAccess", Allow("\"logs:*\",\"cloudwatch:GenerateQuery\"")),
        ("/", "IAMFullAccess", Allow("\"iam:*\",\"organizations:DescribeAccount\",\"organizations:DescribeOrganization\",\"organizations:DescribeOrganizationalUnit\",\"organizations:DescribePolicy\",\"organizations:ListChildren\",\"organizations:ListParents\",\"organizations:ListPoliciesForTarget\",\"organizations:ListRoots\",\"organizations:ListPolicies\",\"organizations:ListTargetsForPolicy\"")),
        ("/service-role/", "AWSLambdaBasicExecutionRole", Allow(LogWriting)),
        ("/service-role/", "AWSLambdaRole", Allow("\"lambda:InvokeFunction\"")),
        ("/service-role/", "AWSLambdaSQSQueueExecutionRole", Allow("\"sqs:ReceiveMessage\",\"sqs:DeleteMessage\",\"sqs:GetQueueAttributes\"," + LogWriting)),
        ("/service-role/", "AWSLambdaDynamoDBExecutionRole", Allow("\"dynamodb:DescribeStream\",\"dynamodb:GetRecords\",\"dynamodb:GetShardIterator\",\"dynamodb:ListStreams\"," + LogWriting)),
        ("/service-role/", "AWSLambdaKinesisExecutionRole", Allow("\"kinesis:DescribeStream\",\"kinesis:DescribeStreamSummary\",\"kinesis:GetRecords\",\"kinesis:GetShardIterator\",\"kinesis:ListShards\",\"kinesis:ListStreams\",\"kinesis:SubscribeToShard\"," + LogWriting)),
        ("/service-role/", "AWSLambdaVPCAccessExecutionRole", Allow(LogWriting + ",\"ec2:CreateNetworkInterface\",\"ec2:DescribeNetworkInterfaces\",\"ec2:DescribeSubnets\",\"ec2:DeleteNetworkInterface\",\"ec2:AssignPrivateIpAddresses\",\"ec2:UnassignPrivateIpAddresses\"")),
    ];

    internal static bool Exists(PolicyArn policy) => policy.IsAwsManaged && policy.Name.Length > 0;

    /// <summary>The document of a policy; null where Fogbank does not know it.</summary>
    internal static string? FindDocument(PolicyArn policy) =>
        Known.FirstOrDefault(known => known.Path == policy.Path && known.Name == policy.Name).Document;

    internal static IEnumerable<PolicyArn> All => Known.Select(known => new PolicyArn("aws", known.Path, known.Name));

    private static string Allow(string actions) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[{{actions}}],"Resource":"*"}]}""";
}
