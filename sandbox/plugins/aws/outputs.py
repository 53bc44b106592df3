"""Outputs of the real plugin that are one text, number or truth value; a test compares them with Pulumi's SDK."""

from collections.abc import Mapping, Sequence

OUTPUTS: Mapping[str, Sequence[str]] = {
    "aws:ebs/volume:Volume": (
        "arn availabilityZone createTime encrypted finalSnapshot iops kmsKeyId multiAttachEnabled outpostArn "
        "region size snapshotId throughput type volumeInitializationRate"
    ).split(),
    "aws:ec2/instance:Instance": (
        "ami arn associatePublicIpAddress availabilityZone disableApiStop disableApiTermination ebsOptimized "
        "enablePrimaryIpv6 forceDestroy getPasswordData hibernation hostId hostResourceGroupArn "
        "iamInstanceProfile instanceInitiatedShutdownBehavior instanceLifecycle instanceState instanceType "
        "ipv6AddressCount keyName monitoring outpostArn passwordData placementGroup placementGroupId "
        "placementPartitionNumber primaryNetworkInterfaceId privateDns privateIp publicDns publicIp region "
        "sourceDestCheck spotInstanceRequestId subnetId tenancy userData userDataBase64 "
        "userDataReplaceOnChange"
    ).split(),
    "aws:ec2/routeTable:RouteTable": "arn ownerId region vpcId".split(),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": "gatewayId region routeTableId subnetId".split(),
    "aws:ec2/securityGroup:SecurityGroup": (
        "arn description name namePrefix ownerId region revokeRulesOnDelete vpcId"
    ).split(),
    "aws:ec2/subnet:Subnet": (
        "arn assignIpv6AddressOnCreation availabilityZone availabilityZoneId cidrBlock customerOwnedIpv4Pool "
        "enableDns64 enableLniAtDeviceIndex enableResourceNameDnsARecordOnLaunch "
        "enableResourceNameDnsAaaaRecordOnLaunch ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlock "
        "ipv6CidrBlockAssociationId ipv6IpamPoolId ipv6Native ipv6NetmaskLength mapCustomerOwnedIpOnLaunch "
        "mapPublicIpOnLaunch outpostArn ownerId privateDnsHostnameTypeOnLaunch region vpcId"
    ).split(),
    "aws:ec2/volumeAttachment:VolumeAttachment": (
        "deviceName forceDetach instanceId region skipDestroy stopInstanceBeforeDetaching volumeId"
    ).split(),
    "aws:ec2/vpc:Vpc": (
        "arn assignGeneratedIpv6CidrBlock cidrBlock defaultNetworkAclId defaultRouteTableId "
        "defaultSecurityGroupId dhcpOptionsId enableDnsHostnames enableDnsSupport "
        "enableNetworkAddressUsageMetrics instanceTenancy ipv4IpamPoolId ipv4NetmaskLength ipv6AssociationId "
        "ipv6CidrBlock ipv6CidrBlockNetworkBorderGroup ipv6IpamPoolId ipv6NetmaskLength mainRouteTableId "
        "ownerId region"
    ).split(),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (
        "arn autoAccept ipAddressType ownerId policy prefixListId privateDnsEnabled region requesterManaged "
        "resourceConfigurationArn serviceName serviceNetworkArn serviceRegion state vpcEndpointType vpcId"
    ).split(),
    "aws:iam/instanceProfile:InstanceProfile": "arn createDate name namePrefix path role uniqueId".split(),
    "aws:iam/policy:Policy": (
        "arn attachmentCount delayAfterPolicyCreationInMs description name namePrefix path policy policyId"
    ).split(),
    "aws:iam/role:Role": (
        "arn assumeRolePolicy createDate description forceDetachPolicies maxSessionDuration name namePrefix "
        "path permissionsBoundary uniqueId"
    ).split(),
    "aws:iam/rolePolicy:RolePolicy": "name namePrefix policy role".split(),
    "aws:kms/alias:Alias": "arn name namePrefix region targetKeyArn targetKeyId".split(),
    "aws:kms/key:Key": (
        "arn bypassPolicyLockoutSafetyCheck customKeyStoreId customerMasterKeySpec deletionWindowInDays "
        "description enableKeyRotation isEnabled keyId keyUsage multiRegion policy region "
        "rotationPeriodInDays xksKeyId"
    ).split(),
    "aws:s3/bucket:Bucket": (
        "accelerationStatus acl arn bucket bucketDomainName bucketNamespace bucketPrefix bucketRegion "
        "bucketRegionalDomainName forceDestroy hostedZoneId objectLockEnabled policy region requestPayer "
        "websiteDomain websiteEndpoint"
    ).split(),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        "bucket expectedBucketOwner region transitionDefaultMinimumObjectSize"
    ).split(),
    "aws:s3/bucketObjectv2:BucketObjectv2": (
        "acl arn bucket bucketKeyEnabled cacheControl checksumAlgorithm checksumCrc32 checksumCrc32c "
        "checksumCrc64nvme checksumSha1 checksumSha256 content contentBase64 contentDisposition "
        "contentEncoding contentLanguage contentType etag forceDestroy key kmsKeyId objectLockLegalHoldStatus "
        "objectLockMode objectLockRetainUntilDate region serverSideEncryption source sourceHash storageClass "
        "versionId websiteRedirect"
    ).split(),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        "blockPublicAcls blockPublicPolicy bucket ignorePublicAcls region restrictPublicBuckets skipDestroy"
    ).split(),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "bucket expectedBucketOwner region"
    ).split(),
    "aws:s3/bucketVersioning:BucketVersioning": "bucket expectedBucketOwner mfa region".split(),
    "aws:ssm/document:Document": (
        "arn content createdDate defaultVersion description documentFormat documentType documentVersion hash "
        "hashType latestVersion name owner region schemaVersion status targetType versionName"
    ).split(),
    "aws:s3/bucketPolicy:BucketPolicy": "bucket policy region".split(),
    "aws:cloudwatch/logGroup:LogGroup": (
        "arn deletionProtectionEnabled kmsKeyId logGroupClass name namePrefix region retentionInDays skipDestroy"
    ).split(),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        "actionsEnabled alarmDescription arn comparisonOperator datapointsToAlarm "
        "evaluateLowSampleCountPercentiles evaluationInterval evaluationPeriods extendedStatistic "
        "metricName name namespace period region statistic threshold thresholdMetricId treatMissingData "
        "unit"
    ).split(),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardArn dashboardBody dashboardName region").split(),
    "aws:sns/topicPolicy:TopicPolicy": ("arn owner policy region").split(),
    "aws:sns/topicSubscription:TopicSubscription": (
        "arn confirmationTimeoutInMinutes confirmationWasAuthenticated deliveryPolicy endpoint "
        "endpointAutoConfirms filterPolicy filterPolicyScope ownerId pendingConfirmation protocol "
        "rawMessageDelivery redrivePolicy region replayPolicy subscriptionRoleArn topic"
    ).split(),
    "aws:sns/topic:Topic": (
        "applicationFailureFeedbackRoleArn applicationSuccessFeedbackRoleArn "
        "applicationSuccessFeedbackSampleRate archivePolicy arn beginningArchiveTime "
        "contentBasedDeduplication deliveryPolicy displayName fifoThroughputScope fifoTopic "
        "firehoseFailureFeedbackRoleArn firehoseSuccessFeedbackRoleArn firehoseSuccessFeedbackSampleRate "
        "httpFailureFeedbackRoleArn httpSuccessFeedbackRoleArn httpSuccessFeedbackSampleRate kmsMasterKeyId "
        "lambdaFailureFeedbackRoleArn lambdaSuccessFeedbackRoleArn lambdaSuccessFeedbackSampleRate "
        "maximumMessageSize name namePrefix owner policy region signatureVersion sqsFailureFeedbackRoleArn "
        "sqsSuccessFeedbackRoleArn sqsSuccessFeedbackSampleRate tracingConfig"
    ).split(),
    "aws:secretsmanager/secret:Secret": (
        "arn description forceOverwriteReplicaSecret kmsKeyId name namePrefix policy recoveryWindowInDays region type"
    ).split(),
    "aws:secretsmanager/secretVersion:SecretVersion": (
        "arn hasSecretStringWo region secretArn secretBinary secretId secretString secretStringWo "
        "secretStringWoVersion versionId"
    ).split(),
    "aws:secretsmanager/secretRotation:SecretRotation": (
        "externalSecretRotationRoleArn region rotateImmediately rotationEnabled rotationLambdaArn secretId"
    ).split(),
    "aws:rds/subnetGroup:SubnetGroup": "arn description name namePrefix region vpcId".split(),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": "arn description family name namePrefix region".split(),
    "aws:rds/cluster:Cluster": (
        "allocatedStorage allowMajorVersionUpgrade applyImmediately arn autoMinorVersionUpgrade "
        "backtrackWindow backupRetentionPeriod caCertificateIdentifier caCertificateValidTill "
        "clusterIdentifier clusterIdentifierPrefix clusterResourceId clusterScalabilityType "
        "copyTagsToSnapshot databaseInsightsMode databaseName dbClusterInstanceClass "
        "dbClusterParameterGroupName dbInstanceParameterGroupName dbSubnetGroupName dbSystemId "
        "deleteAutomatedBackups deletionProtection domain domainIamRoleName enableGlobalWriteForwarding "
        "enableHttpEndpoint enableLocalWriteForwarding endpoint engine engineLifecycleSupport engineMode "
        "engineVersion engineVersionActual finalSnapshotIdentifier globalClusterIdentifier hostedZoneId "
        "iamDatabaseAuthenticationEnabled iops kmsKeyId manageMasterUserPassword masterPassword "
        "masterPasswordWo masterPasswordWoVersion masterUserSecretKmsKeyId masterUsername monitoringInterval "
        "monitoringRoleArn networkType performanceInsightsEnabled performanceInsightsKmsKeyId "
        "performanceInsightsRetentionPeriod port preferredBackupWindow preferredMaintenanceWindow "
        "publiclyAccessible readerEndpoint region replicationSourceIdentifier skipFinalSnapshot "
        "snapshotIdentifier sourceRegion storageEncrypted storageType upgradeRolloutOrder"
    ).split(),
    "aws:rds/clusterInstance:ClusterInstance": (
        "applyImmediately arn autoMinorVersionUpgrade availabilityZone caCertIdentifier clusterIdentifier "
        "copyTagsToSnapshot customIamInstanceProfile dbParameterGroupName dbSubnetGroupName dbiResourceId "
        "endpoint engine engineVersion engineVersionActual forceDestroy identifier identifierPrefix "
        "instanceClass kmsKeyId monitoringInterval monitoringRoleArn networkType performanceInsightsEnabled "
        "performanceInsightsKmsKeyId performanceInsightsRetentionPeriod port preferredBackupWindow "
        "preferredMaintenanceWindow promotionTier publiclyAccessible region storageEncrypted writer"
    ).split(),
    "aws:ecs/cluster:Cluster": "arn name region".split(),
    "aws:ecs/taskDefinition:TaskDefinition": (
        "arn arnWithoutRevision containerDefinitions cpu enableFaultInjection executionRoleArn family ipcMode "
        "memory networkMode pidMode region revision skipDestroy taskRoleArn trackLatest"
    ).split(),
}
