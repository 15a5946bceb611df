using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Notifications;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketNotificationConfiguration(S3Store store)
    : IOperation<GetBucketNotificationConfigurationRequest, GetBucketNotificationConfigurationResponse>
{
    public async ValueTask<GetBucketNotificationConfigurationResponse> HandleAsync(
        GetBucketNotificationConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new()
        {
            LambdaFunctionConfigurations = bucket.Record.Notifications is { Count: > 0 } rules ? [.. rules.Select(ViewOf)] : null,
        };
    }

    private static LambdaFunctionConfiguration ViewOf(NotificationRule rule)
    {
        var filters = new List<FilterRule>();
        if (rule.Prefix is not null)
        {
            filters.Add(new() { Name = "Prefix", Value = rule.Prefix });
        }

        if (rule.Suffix is not null)
        {
            filters.Add(new() { Name = "Suffix", Value = rule.Suffix });
        }

        return new()
        {
            Id = rule.Id,
            LambdaFunctionArn = rule.FunctionArn,
            Events = rule.Events,
            Filter = filters.Count == 0 ? null : new() { Key = new() { FilterRules = filters } },
        };
    }
}

[Operation]
internal sealed class PutBucketNotificationConfiguration(S3Store store, TargetCheck targets, IIdSource ids)
    : IOperation<PutBucketNotificationConfigurationRequest, PutBucketNotificationConfigurationResponse>
{
    private const int MaxRules = 100;

    public async ValueTask<PutBucketNotificationConfigurationResponse> HandleAsync(
        PutBucketNotificationConfigurationRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var configuration = request.NotificationConfiguration;
        CheckBuilt(configuration);
        List<NotificationRule> rules = [.. (configuration.LambdaFunctionConfigurations ?? []).Select(RuleOf)];
        if (rules.Count > MaxRules || rules.Select(rule => rule.Id).Distinct(StringComparer.Ordinal).Count() < rules.Count)
        {
            throw S3Errors.InvalidArgument("Same ID used for multiple configurations. IDs must be unique");
        }

        NotificationRules.CheckOverlaps(rules);
        if (request.SkipDestinationValidation is not true)
        {
            await targets.CheckAsync(bucket, rules, cancellationToken);
        }

        await store.ChangeBucketAsync(
            request.Bucket,
            request.ExpectedBucketOwner,
            record => record with { Notifications = rules.Count == 0 ? null : rules },
            cancellationToken);
        return new();
    }

    private static void CheckBuilt(NotificationConfiguration configuration)
    {
        if (configuration.QueueConfigurations is { Count: > 0 })
        {
            throw S3Errors.NotSupported("notifications to SQS queues (QueueConfiguration)");
        }

        if (configuration.TopicConfigurations is { Count: > 0 })
        {
            throw S3Errors.NotSupported("notifications to SNS topics (TopicConfiguration)");
        }

        if (configuration.EventBridgeConfiguration is not null)
        {
            throw S3Errors.NotSupported("notifications to EventBridge (EventBridgeConfiguration)");
        }
    }

    private NotificationRule RuleOf(LambdaFunctionConfiguration configuration)
    {
        if (!LambdaTarget.TryParse(configuration.LambdaFunctionArn, out _))
        {
            throw S3Errors.InvalidArgument("The ARN could not be parsed", "CloudFunction", configuration.LambdaFunctionArn);
        }

        if (configuration.Events.Count == 0)
        {
            throw S3Errors.MalformedXml();
        }

        foreach (var name in configuration.Events)
        {
            if (NotificationRules.Known.Contains(name))
            {
                throw S3Errors.NotSupported($"the event type {name}");
            }

            if (!NotificationRules.Supported.Contains(name))
            {
                throw S3Errors.InvalidArgument("The event is not supported for notifications", "Event", name);
            }
        }

        var (prefix, suffix) = FiltersOf(configuration.Filter?.Key?.FilterRules ?? []);
        return new()
        {
            Id = string.IsNullOrEmpty(configuration.Id) ? ids.NewUuid() : configuration.Id,
            FunctionArn = configuration.LambdaFunctionArn,
            Events = configuration.Events,
            Prefix = prefix,
            Suffix = suffix,
        };
    }

    private static (string? Prefix, string? Suffix) FiltersOf(IReadOnlyList<FilterRule> filters)
    {
        string? prefix = null, suffix = null;
        foreach (var filter in filters)
        {
            var value = filter.Value ?? "";
            if (System.Text.Encoding.UTF8.GetByteCount(value) > ObjectKey.MaxBytes)
            {
                throw S3Errors.InvalidArgument("Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation", "FilterRule.Value", value);
            }

            switch (filter.Name?.ToLowerInvariant())
            {
                case "prefix" when prefix is null:
                    prefix = value;
                    break;
                case "suffix" when suffix is null:
                    suffix = value;
                    break;
                case "prefix" or "suffix":
                    throw S3Errors.InvalidArgument(
                        $"Cannot specify more than one {filter.Name.ToLowerInvariant()} rule in a filter.", "FilterRule.Name", filter.Name);
                default:
                    throw S3Errors.InvalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", filter.Name ?? "");
            }
        }

        return (prefix, suffix);
    }
}
