using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;
using Fogbank.Services.Ec2.Views;

namespace Fogbank.Services.Ec2.Operations;

[Operation]
internal sealed class CreateSecurityGroup(Ec2Store store, IIdSource ids) : IOperation<CreateSecurityGroupRequest, CreateSecurityGroupResponse>
{
    public async ValueTask<CreateSecurityGroupResponse> HandleAsync(
        CreateSecurityGroupRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Check(request);
        var tags = TagRules.Of(request, Kinds.Group.Type);
        var group = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                var vpc = request.VpcId is { } id ? transaction.Get(Kinds.Vpc, id) : GroupLookup.DefaultVpc(transaction) ?? throw Ec2Errors.NoDefaultVpc();
                if (transaction.All(Kinds.Group).Any(other => other.VpcId == vpc.Id && other.Name == request.GroupName))
                {
                    throw Ec2Errors.GroupExists(request.GroupName, vpc.Id);
                }

                var made = new GroupRecord
                {
                    Id = Kinds.Group.NewId(ids),
                    VpcId = vpc.Id,
                    Name = request.GroupName,
                    Description = request.Description,
                    Rules = [VpcBuilder.EgressToAll(Kinds.RulePrefix + ids.NewHex(17))],
                    Tags = tags,
                };
                transaction.Put(Kinds.Group, made);
                return made;
            },
            cancellationToken);
        return new() { GroupId = group.Id, SecurityGroupArn = GroupView.ArnOf(group.Id, context.Scope), Tags = TagView.From(group.Tags) };
    }

    private static void Check(CreateSecurityGroupRequest request)
    {
        if (request.GroupName is { Length: 0 or > Ec2Limits.DescriptionLength })
        {
            throw Ec2Errors.InvalidValue(request.GroupName, "groupName", "The name must have between 1 and 255 characters.");
        }

        if (request.GroupName == GroupRecord.DefaultName)
        {
            throw Ec2Errors.Invalid("Cannot use reserved security group name: default");
        }

        if (request.GroupName.StartsWith(Kinds.Group.Prefix, StringComparison.Ordinal))
        {
            throw Ec2Errors.Invalid($"Invalid value '{request.GroupName}' for groupName. Group names may not be in the format sg-*.");
        }

        if (request.Description is { Length: 0 or > Ec2Limits.DescriptionLength })
        {
            throw Ec2Errors.InvalidValue(request.Description, "GroupDescription", "The description must have between 1 and 255 characters.");
        }

        if (request.Description.Concat(request.GroupName).Any(c => !char.IsAscii(c)))
        {
            throw Ec2Errors.InvalidValue(request.Description, "GroupDescription", "Character sets beyond ASCII are not supported.");
        }
    }
}

[Operation]
internal sealed class DeleteSecurityGroup(Ec2Store store) : IOperation<DeleteSecurityGroupRequest, DeleteSecurityGroupResponse>
{
    public async ValueTask<DeleteSecurityGroupResponse> HandleAsync(
        DeleteSecurityGroupRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var deleted = await store.ChangeAsync(
            context.Scope,
            request.DryRun,
            transaction =>
            {
                var group = GroupLookup.Get(transaction, request.GroupId, request.GroupName);
                if (group.Name == GroupRecord.DefaultName)
                {
                    throw Ec2Errors.DefaultGroup(group);
                }

                if (transaction.All(Kinds.Interface).Any(card => card.GroupIds.Contains(group.Id))
                    || transaction.All(Kinds.Group).Any(other => other.Id != group.Id && other.Rules.Any(rule => rule.GroupId == group.Id)))
                {
                    throw Ec2Errors.GroupInUse(group.Id);
                }

                transaction.Delete(Kinds.Group, group.Id);
                return group.Id;
            },
            cancellationToken);
        return new() { Return = true, GroupId = deleted };
    }
}
