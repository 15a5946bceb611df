using System.Globalization;
using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Notifications;

/// <summary>Asks Lambda whether the bucket may call the functions that its notifications name, as S3 does before it stores them.</summary>
internal sealed class TargetCheck(IRegion region)
{
    /// <summary>Throws one error that names every target which cannot be called.</summary>
    public async ValueTask CheckAsync(BucketRow bucket, IReadOnlyList<NotificationRule> rules, CancellationToken cancellationToken)
    {
        var members = new List<(string Name, string Value)>();
        var count = 0;
        foreach (var arn in rules.Select(rule => rule.FunctionArn).Distinct(StringComparer.Ordinal))
        {
            if (await MayInvokeAsync(bucket, LambdaTarget.Parse(arn), cancellationToken))
            {
                continue;
            }

            count++;
            var number = count.ToString(CultureInfo.InvariantCulture);
            members.Add(($"ArgumentName{number}", $"{arn}, null"));
            members.Add(($"ArgumentValue{number}", $"Not authorized to invoke function [{arn}]"));
        }

        if (count > 0)
        {
            throw S3Errors.InvalidDestinations(members);
        }
    }

    private async ValueTask<bool> MayInvokeAsync(BucketRow bucket, LambdaTarget target, CancellationToken cancellationToken)
    {
        if (target.Scope.Region != bucket.Record.Region)
        {
            return false; // a function must live where its bucket does
        }

        try
        {
            await region.SendAsync(
                new InvokeRequest { FunctionName = target.Name, Qualifier = target.Qualifier, InvocationType = "DryRun" },
                Principal.Service("s3.amazonaws.com", bucket.Record.AccountId, bucket.Record.Arn),
                target.Scope,
                null,
                cancellationToken);
            return true;
        }
        catch (AwsException exception) when (exception.Code.Status is 403 or 404)
        {
            return false;
        }
    }
}
