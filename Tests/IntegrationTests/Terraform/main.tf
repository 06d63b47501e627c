# SPDX-License-Identifier: Apache-2.0
#
# One of everything that Terraform's AWS provider knows of external instances.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "url" {
  description = "Where the control plane listens."
}

variable "note" {
  default = "one"
}

variable "replicas" {
  default = 2
}

provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  endpoints {
    ecs = var.url
    ssm = var.url
  }
  default_tags { tags = { managed = "terraform" } }
}

resource "aws_ecs_cluster" "main" {
  name = "tf"
  setting {
    name  = "containerInsights"
    value = "disabled"
  }
  configuration {
    execute_command_configuration { logging = "NONE" }
  }
  tags = { team = "a" }
}

resource "aws_ecs_task_definition" "app" {
  family                   = "app"
  requires_compatibilities = ["EXTERNAL"]
  network_mode             = "host"
  container_definitions = jsonencode([{
    name        = "main", image = "none", memory = 32, cpu = 10,
    environment = [{ name = "NOTE", value = var.note }],
    command     = ["/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 1; done"]
  }])
  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.os-type == linux"
  }
  tags = { note = var.note }
}

resource "aws_ecs_service" "replica" {
  name                  = "replica"
  cluster               = aws_ecs_cluster.main.id
  task_definition       = aws_ecs_task_definition.app.arn
  desired_count         = var.replicas
  launch_type           = "EXTERNAL"
  wait_for_steady_state = true
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  deployment_minimum_healthy_percent = 50
  deployment_maximum_percent         = 200
  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:site"
  }
  ordered_placement_strategy {
    type  = "binpack"
    field = "memory"
  }
  ordered_placement_strategy {
    type  = "spread"
    field = "host"
  }
  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.capability.external exists"
  }
  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"
  tags                    = { team = "b" }
}

resource "aws_ecs_service" "daemon" {
  name                               = "daemon"
  cluster                            = aws_ecs_cluster.main.id
  task_definition                    = aws_ecs_task_definition.app.arn
  scheduling_strategy                = "DAEMON"
  launch_type                        = "EXTERNAL"
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  # aws_ecs_tag adds one.
  lifecycle { ignore_changes = [tags["extra"], tags_all["extra"]] }
}

resource "aws_ecs_service" "sets" {
  name          = "sets"
  cluster       = aws_ecs_cluster.main.id
  desired_count = 1
  deployment_controller { type = "EXTERNAL" }
  lifecycle { ignore_changes = [task_definition] }
}

resource "aws_ecs_task_set" "blue" {
  service         = aws_ecs_service.sets.id
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  launch_type     = "EXTERNAL"
  external_id     = "blue"
  scale { value = 100 }
  wait_until_stable = true
  force_delete      = true
  tags              = { set = "blue" }
}

resource "aws_ssm_activation" "node" {
  name               = "node"
  iam_role           = "ecsAnywhereRole"
  registration_limit = 5
  tags               = { purpose = "test" }
}

resource "aws_ecs_tag" "extra" {
  resource_arn = aws_ecs_service.daemon.id
  key          = "extra"
  value        = "x"
}

resource "aws_ecs_account_setting_default" "insights" {
  name  = "containerInsights"
  value = "enabled"
}
